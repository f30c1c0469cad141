import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import '../register';
import { randomTensor, relativeRms, runKernel, testedBackends } from '../../test/backends';
import type { ConvCase } from '../../test/reference/conv2d-cases';
import { depthwiseCases } from '../../test/reference/depthwise-cases';
import {
  referenceDepthwise,
  referenceDepthwiseFilter,
  referenceDepthwiseInput,
} from '../../test/reference/depthwise-conv2d';
import type { SimdBackend } from '../backend';
import { convInfo } from '../conv-info';
import { depthwiseConv2d } from './depthwise-conv2d';
import { depthwiseConv2dBackpropFilter } from './depthwise-conv2d-backprop-filter';
import { depthwiseConv2dBackpropInput } from './depthwise-conv2d-backprop-input';
import { fusedDepthwiseConv2D } from './fused-depthwise-conv2d';

const tested = await testedBackends();
const read = (backend: SimdBackend, info: TensorInfo): Float32Array =>
  backend.readSync(info.dataId) as Float32Array;

interface Check {
  kernel: KernelConfig;
  inputs: (backend: SimdBackend, shapes: ConvCase & { y: number[] }) => Record<string, TensorInfo>;
  reference: typeof referenceDepthwise;
}
const checks: Check[] = [
  {
    kernel: depthwiseConv2d,
    inputs: (backend, { x, filter }) => ({
      x: randomTensor(backend, x, 1),
      filter: randomTensor(backend, filter, 2),
    }),
    reference: referenceDepthwise,
  },
  {
    kernel: depthwiseConv2dBackpropInput,
    inputs: (backend, { y, filter }) => ({
      dy: randomTensor(backend, y, 3),
      filter: randomTensor(backend, filter, 2),
    }),
    reference: referenceDepthwiseInput,
  },
  {
    kernel: depthwiseConv2dBackpropFilter,
    inputs: (backend, { x, y }) => ({ x: randomTensor(backend, x, 1), dy: randomTensor(backend, y, 3) }),
    reference: referenceDepthwiseFilter,
  },
];

for (const { kernel, inputs, reference } of checks) {
  for (const example of depthwiseCases) {
    const info = convInfo(example.x, example.filter, example, true);
    const attrs = { ...example, inputShape: example.x, filterShape: example.filter };

    it.each(tested)(`${kernel.kernelName} ${example.name} ($name)`, ({ backend }) => {
      const before = backend.memory().arenaBytes;
      const given = inputs(backend, { ...example, y: info.outShape });
      const [first, second] = Object.values(given).map((tensor) => read(backend, tensor));
      const out = runKernel(kernel, backend, given, attrs);
      expect(relativeRms(read(backend, out), reference(first!, second!, info))).toBeLessThan(1e-6);
      for (const { dataId } of [...Object.values(given), out]) backend.disposeData(dataId);
      expect(backend.memory().arenaBytes).toBe(before);
    });
  }
}

describe.each(tested)('FusedDepthwiseConv2D ($name)', ({ backend }) => {
  it.each([
    ['relu', (x: number) => Math.max(0, x)],
    ['elu', (x: number) => (x < 0 ? Math.expm1(x) : x)],
  ] as const)('adds a bias and applies %s', (activation, apply) => {
    const shapes = { x: [2, 6, 5, 7], filter: [3, 3, 7, 1] };
    const attrs = { strides: 1, pad: 'same' as const, dilations: 1 };
    const x = randomTensor(backend, shapes.x, 1);
    const filter = randomTensor(backend, shapes.filter, 2);
    const bias = randomTensor(backend, [7], 3);
    const out = runKernel(fusedDepthwiseConv2D, backend, { x, filter, bias }, { ...attrs, activation });
    const info = convInfo(shapes.x, shapes.filter, attrs, true);
    const sums = referenceDepthwise(read(backend, x), read(backend, filter), info);
    const expected = sums.map((value, i) => apply(value + read(backend, bias)[i % 7]!));
    expect(relativeRms(read(backend, out), expected)).toBeLessThan(1e-6);
  });
});
