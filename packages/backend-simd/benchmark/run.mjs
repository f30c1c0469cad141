// Bundles a benchmark from source and runs it with this Node: node benchmark/run.mjs kernels [options].
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const [name = 'kernels', ...options] = process.argv.slice(2);
const folder = fileURLToPath(new URL('.', import.meta.url));
const outfile = `${folder}../node_modules/.cache/benchmark-${name}.mjs`;
await build({
  entryPoints: [`${folder}${name}.ts`],
  outfile,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  external: ['@tensorflow/*'],
  alias: {
    '@tenfold/random': `${folder}../../random/src/index.ts`,
    '@tenfold/kernels': `${folder}../../kernels/src/index.ts`,
    '@tenfold/checks': `${folder}../../checks/src/index.ts`,
    '@tenfold/kernel-cases': `${folder}../../../tools/kernel-cases/src/index.ts`,
  },
});
process.argv.splice(2, process.argv.length, ...options);
await import(pathToFileURL(outfile).href);
