import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'tsup';
import { library } from '../../tsup.config.base';
import { preferBrowserFiles } from './prefer-browser-files';

// Not by tsup's option, because each of the two builds would remove the output of the other.
rmSync(fileURLToPath(new URL('./dist', import.meta.url)), { recursive: true, force: true });

export default defineConfig([
  { ...library, clean: false },
  {
    ...library,
    clean: false,
    entry: ['src/index.browser.ts'],
    platform: 'browser',
    esbuildOptions: preferBrowserFiles,
  },
]);
