// Single kernels on a backend of tfjs: kernels.mjs BACKEND SECONDS. The names are those of backend-simd's benchmark.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { quantiles } from '../src/summary.mjs';

const [backend, seconds] = process.argv.slice(2);
const require = createRequire(join(fileURLToPath(new URL('../peers/', import.meta.url)), 'package.json'));
if (backend === 'wasm') await import(pathToFileURL(require.resolve('@tensorflow/tfjs-backend-wasm')));
else await import('@tensorflow/tfjs-backend-cpu');
await tf.setBackend(backend);

// tfjs's cpu backend does a third of a GFLOP/s: a few images say as much as a batch of 250.
const BATCH = backend === 'cpu' ? 2 : 16;
const timings = [];
for (const [m, k, n] of [
  [768, 768, 768],
  [500, 3072, 2048],
  [8000, 128, 128],
]) {
  const size = backend === 'cpu' ? Math.min(m, 64) : m;
  await time(`BatchMatMul ${m}x${k} * ${k}x${n}`, 2 * size * k * n, () => ({
    kernel: 'BatchMatMul',
    inputs: { a: tf.randomNormal([1, size, k]), b: tf.randomNormal([1, k, n]) },
    attrs: { transposeA: false, transposeB: false },
  }));
}
for (const [size, inChannels, outChannels] of [
  [15, 64, 64],
  [7, 128, 128],
  [7, 256, 256],
]) {
  const x = [BATCH, size, size, inChannels];
  const y = [BATCH, size, size, outChannels];
  const filterShape = [3, 3, inChannels, outChannels];
  const attrs = { strides: 1, pad: 'same', dilations: 1, dataFormat: 'NHWC', dimRoundingMode: null };
  const flops = 2 * BATCH * size * size * 9 * inChannels * outChannels;
  const operands = {
    Conv2D: () => ({ x: tf.randomNormal(x), filter: tf.randomNormal(filterShape) }),
    Conv2DBackpropInput: () => ({ dy: tf.randomNormal(y), filter: tf.randomNormal(filterShape) }),
    Conv2DBackpropFilter: () => ({ x: tf.randomNormal(x), dy: tf.randomNormal(y) }),
  };
  for (const [kernel, inputs] of Object.entries(operands)) {
    await time(`${kernel} ${size}x${size} ${inChannels}->${outChannels} 3x3 same`, flops, () => ({
      kernel,
      inputs: inputs(),
      attrs: { ...attrs, inputShape: x, filterShape },
    }));
  }
}
console.log(JSON.stringify({ timings }));

async function time(name, flops, make) {
  const { kernel, inputs, attrs } = make();
  const rates = [];
  const start = performance.now();
  try {
    for (
      let first = true;
      first || rates.length < 3 || performance.now() - start < 1000 * seconds;
      first = false
    ) {
      const before = performance.now();
      const out = tf.engine().runKernel(kernel, inputs, attrs);
      await out.data();
      if (!first) rates.push(flops / (performance.now() - before) / 1e6);
      out.dispose();
    }
    timings.push({ name, gflops: quantiles(rates) });
  } catch (error) {
    timings.push({ name, error: error.message.split('\n')[0] });
  }
  tf.dispose(inputs);
}
