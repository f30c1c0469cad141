import { findReference } from '@tenfold/kernel-cases';
import { relativeRms } from '@tenfold/testing';
import { Conv2D, Conv2DBackpropFilter, type TensorInfo } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import '../register';
import { randomTensor, runKernel, testedBackends } from '../../test/backends';
import { SimdBackend } from '../backend';
import { createRuntime } from '../runtime';
import { convolutionKernels } from './convolution';

const find = (name: string) => convolutionKernels.find(({ kernelName }) => kernelName === name)!;
const [conv2d, conv2dBackpropFilter] = [find(Conv2D), find(Conv2DBackpropFilter)];
const tested = await testedBackends();
const read = (backend: SimdBackend, info: TensorInfo): Float32Array =>
  backend.readSync(info.dataId) as Float32Array;

/** y of x and the filter, in double precision. */
const exact = (
  x: Float32Array,
  shape: number[],
  filter: Float32Array,
  filterShape: number[],
  attrs: object,
) => {
  const double = (values: Float32Array, shape: number[]) => ({ shape, values: Float64Array.from(values) });
  return findReference('Conv2D')({ x: double(x, shape), filter: double(filter, filterShape) }, attrs)[0]!
    .values;
};

// Values are tested in cases.test.ts.
describe.each(tested)('convolutions ($name)', ({ backend }) => {
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

it('keeps the digits of small values next to a large one with direct sums, but not with Winograd', () => {
  const shape = [8, 12, 12, 16];
  const filterShape = [3, 3, 16, 16];
  const attrs = { strides: 1, pad: 'same' as const, dilations: 1 };
  const errors = [{}, { backend: false }, { call: false }].map(
    (asked: { backend?: boolean; call?: boolean }) => {
      const backend = new SimdBackend(createRuntime({ threads: 1, winograd: asked.backend }));
      const values = read(backend, randomTensor(backend, shape, 1));
      // One pixel of every image is 10,000 times as large: its tile loses four digits.
      for (let image = 0; image < 8; image++) values[image * 12 * 12 * 16] = 1e4;
      const x = backend.makeTensorInfo(shape, 'float32', values);
      const filter = randomTensor(backend, filterShape, 2);
      const out = read(
        backend,
        runKernel(conv2d, backend, { x, filter }, { ...attrs, winograd: asked.call }),
      );
      const expected = exact(values, shape, read(backend, filter), filterShape, attrs);
      // The pixel (3, 3) is in the first tile, but out of reach of the large one.
      const at = (3 * 12 + 3) * 16;
      return relativeRms(out.slice(at, at + 16), expected.slice(at, at + 16));
    },
  );
  const [fast, ofBackend, ofCall] = errors;
  expect(ofBackend).toBeLessThan(1e-6);
  expect(ofCall).toBe(ofBackend);
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
