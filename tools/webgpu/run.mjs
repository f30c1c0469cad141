// Bundles a program of this folder with the packages' sources and runs it with this Node:
//   node tools/webgpu/run.mjs step --model cnn --batch 16
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { importSource } from '@tenfold/kernel-cases/bundle.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const [name = 'step', ...options] = process.argv.slice(2);
process.argv.splice(2, process.argv.length, ...options);
await importSource(
  join(here, 'src/programs', `${name}.ts`),
  join(here, 'node_modules/.cache', `${name}.mjs`),
);
