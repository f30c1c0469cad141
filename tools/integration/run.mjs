// Bundles a program of this folder with the packages' sources and runs it with this Node:
//   node tools/integration/run.mjs endurance --steps 10000
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
const fromSource = {
  name: 'from-source',
  setup({ onResolve }) {
    onResolve({ filter: /^@tenfold\/[a-z-]+$/ }, ({ path }) => ({
      path: join(here, '../../packages', path.split('/')[1], 'src/index.ts'),
    }));
  },
};

/** @returns the path of the bundle */
export async function bundle(name) {
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
    external: ['@tensorflow/*'],
    logLevel: 'error',
  });
  return outfile;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [name = 'endurance', ...options] = process.argv.slice(2);
  const file = await bundle(name);
  process.argv.splice(2, process.argv.length, ...options);
  await import(pathToFileURL(file).href);
}
