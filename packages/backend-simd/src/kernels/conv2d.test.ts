import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import '../register';
import { randomTensor, relativeRms, runKernel, testedBackends } from '../../test/backends';
import { referenceConv2D, referenceConv2DFilter, referenceConv2DInput } from '../../test/reference/conv2d';
import { type ConvCase, convCases } from '../../test/reference/conv2d-cases';
import { SimdBackend } from '../backend';
import { convInfo } from '../conv-info';
import { createRuntime } from '../runtime';
import { canUseWinograd } from '../winograd';
import { conv2d } from './conv2d';
import { conv2dBackpropFilter } from './conv2d-backprop-filter';
import { conv2dBackpropInput } from './conv2d-backprop-input';
import { fusedConv2D } from './fused-conv2d';

const tested = await testedBackends();
const read = (backend: SimdBackend, info: TensorInfo): Float32Array =>
  backend.readSync(info.dataId) as Float32Array;

interface Check {
  kernel: KernelConfig;
  inputs: (backend: SimdBackend, shapes: ConvCase & { y: number[] }) => Record<string, TensorInfo>;
  reference: typeof referenceConv2D;
}
const checks: Check[] = [
  {
    kernel: conv2d,
    inputs: (backend, { x, filter }) => ({
      x: randomTensor(backend, x, 1),
      filter: randomTensor(backend, filter, 2),
    }),
    reference: referenceConv2D,
  },
  {
    kernel: conv2dBackpropInput,
    inputs: (backend, { y, filter }) => ({
      dy: randomTensor(backend, y, 3),
      filter: randomTensor(backend, filter, 2),
    }),
    reference: referenceConv2DInput,
  },
  {
    kernel: conv2dBackpropFilter,
    inputs: (backend, { x, y }) => ({ x: randomTensor(backend, x, 1), dy: randomTensor(backend, y, 3) }),
    reference: referenceConv2DFilter,
  },
];

for (const { kernel, inputs, reference } of checks) {
  for (const example of convCases) {
    const info = convInfo(example.x, example.filter, example);
    const attrs = { ...example, inputShape: example.x, filterShape: example.filter };
    let expected: Float64Array | undefined;

    it.each(tested)(`${kernel.kernelName} ${example.name} ($name)`, ({ backend }) => {
      const before = backend.memory().arenaBytes;
      const given = inputs(backend, { ...example, y: info.outShape });
      const [first, second] = Object.values(given).map((tensor) => read(backend, tensor));
      expected ??= reference(first!, second!, info);
      const out = runKernel(kernel, backend, given, attrs);
      expect(relativeRms(read(backend, out), expected)).toBeLessThan(
        canUseWinograd(backend, info) ? 2e-6 : 1e-6,
      );
      for (const { dataId } of [...Object.values(given), out]) backend.disposeData(dataId);
      expect(backend.memory().arenaBytes).toBe(before);
    });
  }
}

describe.each(tested)('convolutions ($name)', ({ backend }) => {
  const activations: [string, (x: number) => number][] = [
    ['linear', (x) => x],
    ['relu', (x) => Math.max(0, x)],
    ['relu6', (x) => Math.min(6, Math.max(0, x))],
    ['leakyrelu', (x) => (x < 0 ? 0.3 * x : x)],
    ['elu', (x) => (x < 0 ? Math.expm1(x) : x)],
    ['prelu', (x) => (x < 0 ? 0.25 * x : x)],
  ];
  it.each(activations)('fused with a bias and %s', (activation, apply) => {
    const shapes = { x: [2, 6, 5, 7], filter: [3, 3, 7, 11] };
    const attrs = { strides: 1, pad: 'same' as const, dilations: 1 };
    const x = randomTensor(backend, shapes.x, 1);
    const filter = randomTensor(backend, shapes.filter, 2);
    const bias = randomTensor(backend, [11], 3);
    const preluActivationWeights = backend.makeTensorInfo([1], 'float32', new Float32Array([0.25]));
    const fused = { ...attrs, activation, leakyreluAlpha: 0.3, dataFormat: 'NHWC' };
    const out = runKernel(fusedConv2D, backend, { x, filter, bias, preluActivationWeights }, fused);
    const sums = referenceConv2D(
      read(backend, x),
      read(backend, filter),
      convInfo(shapes.x, shapes.filter, attrs),
    );
    const expected = sums.map((value, i) => apply(value + read(backend, bias)[i % 11]!));
    expect(relativeRms(read(backend, out), expected)).toBeLessThan(1e-6);
  });

  it('keeps infinities and NaNs where they belong', () => {
    const values = new Float32Array(5 * 5 * 4);
    values[2 * 5 * 4 + 2 * 4] = Number.NaN;
    const x = backend.makeTensorInfo([1, 5, 5, 4], 'float32', values);
    const filter = backend.makeTensorInfo([3, 3, 4, 8], 'float32', new Float32Array(288).fill(1));
    const out = read(backend, runKernel(conv2d, backend, { x, filter }, { strides: 1, pad: 'same' }));
    for (let pixel = 0; pixel < 25; pixel++) {
      const near = Math.abs(Math.floor(pixel / 5) - 2) <= 1 && Math.abs((pixel % 5) - 2) <= 1;
      expect(Number.isNaN(out[pixel * 8]!)).toBe(near);
    }
  });

  it('leaves empty batches to the CPU kernels', () => {
    const x = backend.makeTensorInfo([0, 5, 5, 4], 'float32', new Float32Array(0));
    const filter = randomTensor(backend, [3, 3, 4, 8]);
    const out = runKernel(
      conv2d,
      backend,
      { x, filter },
      { strides: 1, pad: 'same', dataFormat: 'NHWC', dilations: 1 },
    );
    expect(out.shape).toEqual([0, 5, 5, 8]);
  });
});

it('keeps the digits of small values beside a large one with direct sums, not with Winograd', () => {
  const shape = [8, 12, 12, 16];
  const filterShape = [3, 3, 16, 16];
  const attrs = { strides: 1, pad: 'same' as const, dilations: 1 };
  const [fast, direct] = [true, false].map((winograd) => {
    const backend = new SimdBackend(createRuntime({ threads: 1, winograd }));
    const values = read(backend, randomTensor(backend, shape, 1));
    // One pixel of every image is 10,000 times as large: its tile loses as many digits.
    for (let image = 0; image < 8; image++) values[image * 12 * 12 * 16] = 1e4;
    const x = backend.makeTensorInfo(shape, 'float32', values);
    const filter = randomTensor(backend, filterShape, 2);
    const out = read(backend, runKernel(conv2d, backend, { x, filter }, attrs));
    const expected = referenceConv2D(values, read(backend, filter), convInfo(shape, filterShape, attrs));
    // The pixel (3, 3) is of the first tile, and not in reach of the large one.
    const at = (3 * 12 + 3) * 16;
    return relativeRms(out.slice(at, at + 16), expected.slice(at, at + 16));
  });
  expect(direct).toBeLessThan(1e-6);
  expect(fast).toBeGreaterThan(1e-5);
  expect(fast).toBeLessThan(1e-1);
});

it('gives the same bits with one thread and with two', () => {
  const [one, two] = tested.map(({ backend }) => {
    const x = randomTensor(backend, [20, 15, 15, 64], 1);
    const dy = randomTensor(backend, [20, 15, 15, 64], 2);
    const attrs = { strides: 1, pad: 'same', filterShape: [3, 3, 64, 64] };
    return read(backend, runKernel(conv2dBackpropFilter, backend, { x, dy }, attrs));
  });
  expect(one).toEqual(two);
});
