// Bundles a program of this folder with the packages' sources and runs it with this Node:
//   node tools/webgpu/run.mjs step --model cnn --batch 16
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
const fromSource = {
  name: 'from-source',
  setup({ onResolve }) {
    onResolve({ filter: /^@tenfold\/[a-z-]+$/ }, ({ path }) => {
      const name = path.split('/')[1];
      return { path: join(here, '../..', name === 'testing' ? 'tools' : 'packages', name, 'src/index.ts') };
    });
  },
};

const [name = 'step', ...options] = process.argv.slice(2);
const outfile = join(here, 'node_modules/.cache', `${name}.mjs`);
mkdirSync(dirname(outfile), { recursive: true });
await build({
  entryPoints: [join(here, 'src/programs', `${name}.ts`)],
  outfile,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  plugins: [fromSource],
  external: ['@tensorflow/*', 'webgpu'],
  logLevel: 'error',
});
process.argv.splice(2, process.argv.length, ...options);
await import(pathToFileURL(outfile).href);
