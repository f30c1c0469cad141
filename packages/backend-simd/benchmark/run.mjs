// Runs the benchmark from source with this Node: node benchmark/run.mjs [options].
import { fileURLToPath } from 'node:url';
import { importSource } from '@tenfold/kernel-cases/bundle.mjs';

const folder = fileURLToPath(new URL('.', import.meta.url));
await importSource(`${folder}kernels.ts`, `${folder}../node_modules/.cache/benchmark.mjs`);
