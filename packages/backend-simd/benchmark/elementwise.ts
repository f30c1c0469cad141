// Speed of the elementwise, reduction, pooling, normalization and data-moving kernels in GB/s of tensors read and
// written, and against tfjs's CPU kernel where there is one. Run: node benchmark/run.mjs elementwise [options].
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { kernelRows, type RunnableCase, runnableCases } from '@tenfold/kernel-cases';
import type { KernelConfig, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import { util } from '@tensorflow/tfjs-core';
import '../src/register';
import { SimdBackend } from '../src/backend';
import { fallback } from '../src/fallback';
import { kernels } from '../src/kernels';
import { createRuntime } from '../src/runtime';
import { randomTensor } from '../test/backends';

const { values: options } = parseArgs({
  options: {
    threads: { type: 'string', default: '2' },
    variant: { type: 'string', default: 'auto' },
    only: { type: 'string', default: '' },
    seconds: { type: 'string', default: '0.3' },
    cpu: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

interface Case {
  kernel: string;
  shapes: Record<string, number[]>;
  attrs?: object;
}

const runtime = createRuntime({
  threads: Number(options.threads),
  variant: options.variant as 'auto' | 'baseline' | 'relaxed',
});
const backend = new SimdBackend(runtime);
while (runtime.pool && runtime.pool.online < runtime.threads - 1)
  await new Promise((done) => setTimeout(done, 1));

// Activations of the cnn recipe: 64 images of its largest map; tokens of the vit.
const map = [64, 31, 31, 64];
const pooled = [64, 15, 15, 64];
const tokens = [128, 64, 192];
const window = { filterSize: 2, strides: 2, pad: 'valid' };
const cases: Case[] = [
  { kernel: 'Add', shapes: { a: map, b: map } },
  { kernel: 'Add', shapes: { a: map, b: [64] } },
  { kernel: 'Multiply', shapes: { a: map, b: [] } },
  { kernel: 'Sub', shapes: { a: tokens, b: [128, 64, 1] } },
  { kernel: 'Multiply', shapes: { a: [128, 1000, 10], b: [10] } },
  { kernel: 'Add', shapes: { a: [64, 64], b: [64, 64] } },
  { kernel: 'Relu', shapes: { x: map } },
  { kernel: 'Exp', shapes: { x: map } },
  { kernel: 'Tanh', shapes: { x: map } },
  { kernel: 'Sigmoid', shapes: { x: map } },
  { kernel: 'Erf', shapes: { x: map } },
  { kernel: 'Log', shapes: { x: map } },
  { kernel: 'Dropout', shapes: { x: tokens }, attrs: { rate: 0.1, key: [1, 2] } },
  { kernel: 'Sum', shapes: { x: map }, attrs: { axis: [0, 1, 2] } },
  { kernel: 'Sum', shapes: { x: map }, attrs: { axis: [0, 1, 2, 3] } },
  { kernel: 'Mean', shapes: { x: map }, attrs: { axis: [1, 2] } },
  { kernel: 'Sum', shapes: { x: tokens }, attrs: { axis: [2] } },
  { kernel: 'Max', shapes: { x: tokens }, attrs: { reductionIndices: [2] } },
  { kernel: 'ArgMax', shapes: { x: [5000, 10] }, attrs: { axis: 1 } },
  { kernel: 'Softmax', shapes: { logits: [3072, 64, 64] }, attrs: { dim: -1 } },
  { kernel: 'SoftmaxGrad', shapes: { dy: [3072, 64, 64], y: [3072, 64, 64] } },
  { kernel: 'SoftmaxCrossEntropy', shapes: { logits: [5000, 10], labels: [5000, 10] } },
  { kernel: 'Transpose', shapes: { x: [1024, 1024] }, attrs: { perm: [1, 0] } },
  { kernel: 'Transpose', shapes: { x: [128, 64, 3, 64] }, attrs: { perm: [0, 2, 1, 3] } },
  { kernel: 'Transpose', shapes: { x: [128, 3, 64, 64] }, attrs: { perm: [0, 1, 3, 2] } },
  { kernel: 'Slice', shapes: { x: [128, 64, 576] }, attrs: { begin: [0, 0, 192], size: [128, 64, 192] } },
  {
    kernel: 'PadV2',
    shapes: { x: [128, 32, 32, 3] },
    attrs: {
      paddings: [
        [0, 0],
        [4, 4],
        [4, 4],
        [0, 0],
      ],
      constantValue: 0,
    },
  },
  { kernel: 'MaxPool', shapes: { x: map }, attrs: window },
  { kernel: 'MaxPoolGrad', shapes: { dy: pooled, input: map, output: pooled }, attrs: window },
  { kernel: 'AvgPool', shapes: { x: map }, attrs: window },
  { kernel: 'AvgPoolGrad', shapes: { dy: pooled, input: map }, attrs: window },
];

interface Quantiles {
  median: number;
  p10: number;
  p90: number;
  runs: number;
}

function time(run: () => TensorInfo[], seconds: number): Quantiles {
  const times: number[] = [];
  const once = () => {
    const before = performance.now();
    const outputs = run();
    const elapsed = performance.now() - before;
    for (const { dataId } of outputs) backend.disposeData(dataId);
    return elapsed;
  };
  for (let i = 0; i < 3; i++) once();
  for (const start = performance.now(); performance.now() - start < seconds * 1000 || times.length < 5; ) {
    times.push(once());
  }
  times.sort((x, y) => x - y);
  const at = (quantile: number): number => times[Math.round(quantile * (times.length - 1))]!;
  return { median: at(0.5), p10: at(0.1), p90: at(0.9), runs: times.length };
}

/** A case of this file, on random numbers. */
function measureRandom({ kernel, shapes, attrs = {} }: Case) {
  const inputs: NamedTensorInfoMap = {};
  for (const [i, [key, shape]] of Object.entries(shapes).entries())
    inputs[key] = randomTensor(backend, shape, i);
  return measure(kernel, inputs, attrs);
}

/** A case of @tenfold/kernel-cases. */
function measureCase({ kernel, attributes, inputs: operands }: RunnableCase) {
  const inputs: NamedTensorInfoMap = {};
  for (const [name, { shape, values }] of Object.entries(operands()))
    inputs[name] = backend.makeTensorInfo([...shape], 'float32', values);
  return measure(kernel, inputs, attributes);
}

function measure(name: string, inputs: NamedTensorInfoMap, attrs: object) {
  const kernel = kernels.find(({ kernelName }) => kernelName === name) as KernelConfig;
  const call = { inputs, backend, attrs: attrs as Parameters<typeof kernel.kernelFunc>[0]['attrs'] };
  const run = () => [kernel.kernelFunc(call)].flat();
  const outputs = run();
  // A slice reads as much as it writes and leaves the rest of its input alone.
  const touched = name === 'Slice' ? outputs : Object.values(inputs);
  const tensors = [...touched, ...outputs] as TensorInfo[];
  const bytes = 4 * tensors.reduce((sum, { shape }) => sum + util.sizeFromShape(shape), 0);
  for (const { dataId } of outputs) backend.disposeData(dataId);
  const simd = time(run, Number(options.seconds));
  let cpu: Quantiles | undefined;
  if (options.cpu) {
    try {
      cpu = time(() => [fallback(name)(call)].flat(), 0.1);
    } catch {
      // A fused kernel has no counterpart in tfjs.
    }
  }
  for (const { dataId } of Object.values(inputs) as TensorInfo[]) backend.disposeData(dataId);
  const label = `${name} ${Object.values(inputs as Record<string, TensorInfo>)
    .map(({ shape }) => `[${shape}]`)
    .join(' ')}`;
  return { label, bytes, simd, cpu };
}

const machine = {
  cpu: cpus()[0]?.model,
  node: process.version,
  threads: runtime.threads,
  variant: runtime.variant,
};
const wanted = ({ kernel }: { kernel: string }): boolean => kernel.includes(options.only);
const results = [
  ...cases.filter(wanted).map(measureRandom),
  ...kernelRows
    .flatMap(runnableCases)
    .filter((one) => one.speed && wanted(one))
    .map(measureCase),
];
if (options.json) {
  console.log(JSON.stringify({ machine, results }, undefined, 2));
} else {
  console.log(Object.values(machine).join(', '));
  for (const { label, bytes, simd, cpu } of results) {
    const { median, p10, p90, runs } = simd;
    const rate = (bytes / median / 1e6).toFixed(1).padStart(6);
    const against = cpu
      ? `  tfjs cpu ${cpu.median.toFixed(1)} ms = ${(cpu.median / median).toFixed(0)}x`
      : '';
    console.log(
      `${label.slice(0, 60).padEnd(60)} ${median.toFixed(3).padStart(8)} ms ${rate} GB/s (p10 ${p10.toFixed(3)}, p90 ${p90.toFixed(3)}, n ${runs})${against}`,
    );
  }
}
process.exit(0);
