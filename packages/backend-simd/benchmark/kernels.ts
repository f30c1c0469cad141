// Speed of the matrix and convolution kernels. Run by benchmark/run.mjs.
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import '../src/register';
import { SimdBackend } from '../src/backend';
import { convInfo } from '../src/conv-info';
import { enableExperimentalV8Flags } from '../src/experimental-flags';
import { kernels } from '../src/kernels';
import { takeOptions } from '../src/options';
import { createRuntime } from '../src/runtime';
import type { Variant } from '../src/variants';
import { randomTensor, runKernel } from '../test/backends';

const { values: options } = parseArgs({
  options: {
    threads: { type: 'string', default: '2' },
    variant: { type: 'string', default: 'auto' },
    only: { type: 'string', default: '' },
    batch: { type: 'string', default: '250' },
    seconds: { type: 'string', default: '1' },
    flags: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

interface Timing {
  name: string;
  gflops: { median: number; p10: number; p90: number; best: number };
  milliseconds: number;
  runs: number;
}

if (options.flags) enableExperimentalV8Flags();
const runtime = createRuntime({
  threads: Number(options.threads),
  variant: options.variant === 'auto' ? takeOptions().variant : (options.variant as Variant),
});
const backend = new SimdBackend(runtime);
while (runtime.pool && runtime.pool.online < runtime.threads - 1)
  await new Promise((done) => setTimeout(done, 1));

function time(name: string, flops: number, run: () => void): Timing {
  const rates: number[] = [];
  const start = performance.now();
  run(); // compiles
  run();
  while (performance.now() - start < Number(options.seconds) * 1000 || rates.length < 5) {
    const before = performance.now();
    run();
    rates.push(flops / (performance.now() - before) / 1e6);
  }
  rates.sort((x, y) => x - y);
  const at = (quantile: number): number => rates[Math.round(quantile * (rates.length - 1))]!;
  const gflops = { median: at(0.5), p10: at(0.1), p90: at(0.9), best: at(1) };
  return { name, gflops, milliseconds: flops / at(0.5) / 1e6, runs: rates.length };
}

function timeKernel(
  label: string,
  flops: number,
  kernelName: string,
  inputs: Record<string, TensorInfo>,
  attrs: object,
) {
  const kernel = kernels.find((candidate) => candidate.kernelName === kernelName) as KernelConfig;
  const timing = time(label, flops, () =>
    backend.disposeData(runKernel(kernel, backend, inputs, attrs).dataId),
  );
  for (const { dataId } of Object.values(inputs)) backend.disposeData(dataId);
  return timing;
}

const batch = Number(options.batch);
const cases: [string, () => Timing][] = [];
cases.push([
  'peak, registers only',
  () => {
    const rounds = 4e6;
    return time('peak, registers only', rounds * 64, () =>
      backend.parallel('multiplyAddPeak', [], rounds, rounds / 16),
    );
  },
]);

const products: [number, number, number, number, boolean, boolean][] = [
  [1, 768, 768, 768, false, false],
  [1, 500, 3072, 2048, false, false],
  [1, 500, 2048, 3072, false, true],
  [1, 3072, 500, 2048, true, false],
  [1, 250, 128, 10, false, false],
  [1, 1, 2048, 2048, false, false],
  [1, 1, 2048, 2048, false, true],
  [1, 8000, 128, 384, false, false],
  [1, 8000, 128, 128, false, false],
  [1, 8000, 256, 128, false, false],
  [1, 8000, 256, 128, false, true],
  [1, 128, 8000, 256, true, false],
  [500, 64, 32, 64, false, true],
  [500, 64, 64, 32, false, false],
  [500, 64, 64, 32, true, false],
];
for (const [b, m, k, n, transposeA, transposeB] of products) {
  const name = `BatchMatMul ${b > 1 ? `${b} x ` : ''}${m}x${k}${transposeA ? 'T' : ''} * ${k}x${n}${transposeB ? 'T' : ''}`;
  cases.push([
    name,
    () => {
      const x = randomTensor(backend, transposeA ? [b, k, m] : [b, m, k]);
      const y = randomTensor(backend, transposeB ? [b, n, k] : [b, k, n]);
      return timeKernel(name, 2 * b * m * k * n, 'BatchMatMul', { a: x, b: y }, { transposeA, transposeB });
    },
  ]);
}

const convolutions: [number, number, number, number, 'same' | 'valid'][] = [
  [32, 3, 24, 2, 'valid'],
  [32, 3, 32, 3, 'same'],
  [31, 24, 64, 3, 'same'],
  [15, 64, 64, 3, 'same'],
  [15, 64, 128, 3, 'same'],
  [7, 128, 128, 3, 'same'],
  [15, 64, 256, 3, 'same'],
  [7, 256, 256, 3, 'same'],
  [3, 256, 256, 3, 'same'],
];
for (const [size, inChannels, outChannels, side, pad] of convolutions) {
  const x = [batch, size, size, inChannels];
  const filter = [side, side, inChannels, outChannels];
  const attrs = { strides: 1, pad, dilations: 1, inputShape: x, filterShape: filter };
  const y = convInfo(x, filter, attrs).outShape;
  const flops = 2 * y[0]! * y[1]! * y[2]! * side * side * inChannels * outChannels;
  const inputs: Record<string, () => Record<string, TensorInfo>> = {
    Conv2D: () => ({ x: randomTensor(backend, x), filter: randomTensor(backend, filter) }),
    Conv2DBackpropInput: () => ({ dy: randomTensor(backend, y), filter: randomTensor(backend, filter) }),
    Conv2DBackpropFilter: () => ({ x: randomTensor(backend, x), dy: randomTensor(backend, y) }),
  };
  for (const [kernel, make] of Object.entries(inputs)) {
    const name = `${kernel} ${size}x${size} ${inChannels}->${outChannels} ${side}x${side} ${pad}`;
    cases.push([name, () => timeKernel(name, flops, kernel, make(), attrs)]);
  }
}

const timings = cases.filter(([name]) => name.includes(options.only)).map(([, run]) => run());
const machine = {
  cpu: cpus()[0]?.model,
  node: process.version,
  threads: runtime.threads,
  variant: runtime.variant,
  batch,
};
if (options.json) {
  console.log(JSON.stringify({ machine, timings }, undefined, 2));
} else {
  console.log(Object.values(machine).join(', '));
  for (const { name, gflops, milliseconds, runs } of timings) {
    const { median, p10, p90, best } = gflops;
    const rate = `${median.toFixed(1).padStart(7)} GFLOP/s (p10 ${p10.toFixed(1)}, p90 ${p90.toFixed(1)}, best ${best.toFixed(1)}, n ${runs})`;
    console.log(`${name.padEnd(48)} ${milliseconds.toFixed(2).padStart(8)} ms ${rate}`);
  }
}
process.exit(0);
