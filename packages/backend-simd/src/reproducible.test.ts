import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import './register';
import { randomTensor } from '../test/backends';
import { SimdBackend } from './backend';
import { kernels } from './kernels';
import { createRuntime } from './runtime';
import { hasRelaxedSimd } from './variants';

const THREADS = [1, 2, 3, 4, 7];

interface Case {
  kernel: string;
  inputs: { [name: string]: number[] };
  attrs?: object;
}
const conv = (x: number[], filter: number[], y: number[], strides = 1): Case[] => {
  const attrs = { strides, pad: 'same', dataFormat: 'NHWC', dilations: 1 };
  return [
    { kernel: 'Conv2D', inputs: { x, filter }, attrs },
    { kernel: 'Conv2DBackpropInput', inputs: { dy: y, filter }, attrs: { ...attrs, inputShape: x } },
    { kernel: 'Conv2DBackpropFilter', inputs: { x, dy: y }, attrs: { ...attrs, filterShape: filter } },
  ];
};
const depthwise = (x: number[], filter: number[], y: number[]): Case[] => {
  const attrs = { strides: 1, pad: 'same', dilations: 1 };
  return [
    { kernel: 'DepthwiseConv2dNative', inputs: { x, filter }, attrs },
    {
      kernel: 'DepthwiseConv2dNativeBackpropInput',
      inputs: { dy: y, filter },
      attrs: { ...attrs, inputShape: x },
    },
    {
      kernel: 'DepthwiseConv2dNativeBackpropFilter',
      inputs: { x, dy: y },
      attrs: { ...attrs, filterShape: filter },
    },
  ];
};
const tokens = [6, 64, 128];

/** Large enough for several tasks per thread; mostly kernels that sum many terms. */
const cases: Case[] = [
  {
    kernel: 'BatchMatMul',
    inputs: { a: [300, 700], b: [700, 300] },
    attrs: { transposeA: false, transposeB: false },
  },
  {
    kernel: 'BatchMatMul',
    inputs: { a: [2000, 90], b: [2000, 70] },
    attrs: { transposeA: true, transposeB: false },
  },
  {
    kernel: 'BatchMatMul',
    inputs: { a: [90, 64, 32], b: [90, 64, 32] },
    attrs: { transposeA: false, transposeB: true },
  },
  ...conv([20, 15, 15, 64], [3, 3, 64, 64], [20, 15, 15, 64]), // Winograd
  ...conv([20, 16, 16, 24], [5, 5, 24, 32], [20, 16, 16, 32]), // direct
  ...conv([20, 16, 16, 24], [3, 3, 24, 32], [20, 8, 8, 32], 2),
  ...depthwise([20, 15, 15, 64], [3, 3, 64, 1], [20, 15, 15, 64]),
  { kernel: 'Sum', inputs: { x: [30000, 24] }, attrs: { axis: [0], keepDims: false } },
  { kernel: 'Sum', inputs: { x: [200000] }, attrs: { axis: [0], keepDims: false } },
  { kernel: 'Mean', inputs: { x: [20, 900, 24] }, attrs: { axis: [1], keepDims: false } },
  { kernel: 'Softmax', inputs: { logits: [2000, 100] }, attrs: { dim: 1 } },
  { kernel: 'SoftmaxCrossEntropy', inputs: { logits: [2000, 100], labels: [2000, 100] } },
  {
    kernel: 'BatchNormTrain',
    inputs: { x: [20, 30, 30, 24], gamma: [24], beta: [24] },
    attrs: { epsilon: 1e-5 },
  },
  {
    kernel: 'BatchNormTrainGrad',
    inputs: { dy: [20, 30, 30, 24], x: [20, 30, 30, 24], gamma: [24], mean: [24], variance: [24] },
    attrs: { epsilon: 5 },
  },
  {
    kernel: 'BatchNormActivation',
    inputs: { x: [20, 30, 30, 24], gamma: [24], beta: [24] },
    attrs: { epsilon: 1e-5, function: 'gelu' },
  },
  {
    kernel: 'BatchNormActivationGrad',
    inputs: {
      dy: [20, 30, 30, 24],
      x: [20, 30, 30, 24],
      gamma: [24],
      beta: [24],
      mean: [24],
      variance: [24],
    },
    attrs: { epsilon: 5, function: 'silu' },
  },
  { kernel: 'Dropout', inputs: { x: [200001] }, attrs: { rate: 0.1, key: [0xdeadbeef, 1] } },
  { kernel: 'LayerNorm', inputs: { x: [4000, 64], gamma: [64], beta: [64] }, attrs: { epsilon: 1e-5 } },
  {
    kernel: 'LayerNormGrad',
    inputs: { dy: [4000, 64], x: [4000, 64], gamma: [64], mean: [4000, 1], rstd: [4000, 1] },
  },
  {
    kernel: 'Attention',
    inputs: { query: tokens, key: tokens, value: tokens },
    attrs: { heads: 4, scale: 0.2 },
  },
  {
    kernel: 'AttentionGrad',
    inputs: { dy: tokens, query: tokens, key: tokens, value: tokens, logsumexp: [6, 4, 64] },
    attrs: { heads: 4, scale: 0.2 },
  },
  { kernel: 'MaxPool', inputs: { x: [20, 31, 31, 24] }, attrs: { filterSize: 2, strides: 2, pad: 'valid' } },
  {
    kernel: 'SgdList',
    inputs: { g1: [200001], g2: [5, 9000], p1: [200001], p2: [5, 9000], m1: [200001], m2: [5, 9000] },
    attrs: { learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecays: [0.1, 0], decoupled: false },
  },
  { kernel: 'NewtonSchulzList', inputs: { a: [128, 576], b: [128, 576] }, attrs: { steps: 3 } },
  { kernel: 'NewtonSchulz', inputs: { x: [128, 1152] }, attrs: { steps: 5 } },
  { kernel: 'Activation', inputs: { x: [200000] }, attrs: { function: 'gelu' } },
];

const variants = hasRelaxedSimd() ? (['baseline', 'relaxed'] as const) : (['baseline'] as const);
const backends = new Map<string, SimdBackend[]>();
for (const variant of variants) {
  const perThreads = THREADS.map((threads) => new SimdBackend(createRuntime({ threads, variant })));
  for (const { runtime } of perThreads) {
    while (runtime.pool && runtime.pool.online < runtime.threads - 1)
      await new Promise((done) => setTimeout(done, 1));
  }
  backends.set(variant, perThreads);
}

describe.each(variants)(`with ${THREADS.join(', ')} threads (%s)`, (variant) => {
  it.each(cases.map((one) => [`${one.kernel} ${JSON.stringify(one.inputs)}`, one] as const))(
    '%s gives the same bits',
    (_, one) => {
      const [first, ...others] = backends.get(variant)!.map((backend) => run(backend, one));
      expect(first!.some((values) => values.some((value) => value !== 0))).toBe(true);
      for (const other of others) {
        // Compared as bits: -0 differs from 0, and NaN equals itself.
        expect(
          other.map((values) => Buffer.compare(bytes(values), bytes(first![other.indexOf(values)]!))),
        ).toEqual(first!.map(() => 0));
      }
    },
  );
});

/** All outputs of a kernel, for the same inputs on every backend. */
function run(backend: SimdBackend, { kernel: name, inputs, attrs = {} }: Case): Float32Array[] {
  const kernel = kernels.find(({ kernelName }) => kernelName === name)!;
  const tensors = Object.fromEntries(
    Object.entries(inputs).map(([key, shape], i) => [key, randomTensor(backend, shape, i + 1)]),
  );
  const outputs = [
    kernel.kernelFunc({ inputs: tensors, backend, attrs: attrs as NamedAttrMap }),
  ].flat() as TensorInfo[];
  const values = outputs.map(({ dataId }) => backend.readSync(dataId) as Float32Array);
  for (const { dataId } of [...Object.values(tensors), ...outputs]) backend.disposeData(dataId);
  return values;
}

const bytes = (values: Float32Array): Buffer =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength);
