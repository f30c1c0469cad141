// Products and convolutions of the table of cases on a backend of tfjs. The names are those of backend-simd's benchmark.
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { importSource } from '@tenfold/kernel-cases/bundle.mjs';
import * as tf from '@tensorflow/tfjs-core';
import { quantiles } from '../src/summary.mjs';

const [backend, seconds] = process.argv.slice(2);
if (!['cpu', 'wasm'].includes(backend) || !(Number(seconds) > 0)) {
  console.error('usage: node tools/benchmark/engines/kernels.mjs cpu|wasm SECONDS');
  process.exit(2);
}
const here = fileURLToPath(new URL('../', import.meta.url));
const require = createRequire(`${here}peers/package.json`);
if (backend === 'wasm') await import(pathToFileURL(resolvePeer('@tensorflow/tfjs-backend-wasm')));
else await import('@tensorflow/tfjs-backend-cpu');
await tf.setBackend(backend);

const { kernelRows, ready, speedCases } = await importSource(
  fileURLToPath(import.meta.resolve('@tenfold/kernel-cases')),
  `${here}node_modules/.cache/kernel-cases.mjs`,
);
// tfjs's cpu backend does a third of a GFLOP/s: one image says as much as a batch of 250.
const examples = backend === 'cpu' ? 1 : 16;
const timings = [];
for (const speedCase of speedCases(kernelRows, { examples }))
  if (/MatMul|Conv/.test(speedCase.kernel)) timings.push(await time(speedCase));
console.log(JSON.stringify({ timings }));

function resolvePeer(name) {
  try {
    return require.resolve(name);
  } catch {
    console.error(`${name} is not installed; run node tools/benchmark/steps.mjs --install`);
    process.exit(3);
  }
}

async function time(speedCase) {
  const name = `${speedCase.kernel} ${speedCase.name}`;
  try {
    const { flops, run, dispose } = await ready(speedCase);
    const rates = [];
    for (const start = performance.now(); rates.length < 3 || performance.now() - start < 1000 * seconds; ) {
      const before = performance.now();
      const outputs = run();
      await Promise.all(outputs.map((out) => out.data()));
      rates.push(flops / (performance.now() - before) / 1e6);
      tf.dispose(outputs);
    }
    dispose();
    return { name, gflops: quantiles(rates) };
  } catch (error) {
    return { name, error: error.message.split('\n')[0] };
  }
}
