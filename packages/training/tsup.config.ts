import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'tsup';
import { library } from '../../tsup.config.base';

// Not by tsup's option, because each of the two builds would remove the output of the other.
rmSync(fileURLToPath(new URL('./dist', import.meta.url)), { recursive: true, force: true });

export default defineConfig([
  { ...library, clean: false },
  {
    ...library,
    clean: false,
    entry: { 'index.browser': 'src/index.ts' },
    platform: 'browser',
    // A file that needs Node has a browser counterpart in the same folder.
    esbuildOptions(options) {
      options.resolveExtensions = ['.browser.ts', '.ts', '.mjs', '.js', '.json'];
    },
  },
]);
