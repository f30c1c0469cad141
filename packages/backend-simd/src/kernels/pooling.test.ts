import { expectClose } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import '../register';
import { randomTensor, runKernel, testedBackends } from '../../test/backends';
import { forEachWindow } from '../../test/reference/pool';
import { poolingKernels } from './pooling';

const cases: {
  shape: [number, number, number, number];
  filter: number | [number, number];
  strides: number;
  pad: number | 'same' | 'valid';
}[] = [
  { shape: [1, 1, 1, 1], filter: 1, strides: 1, pad: 'valid' },
  { shape: [2, 4, 4, 1], filter: 2, strides: 2, pad: 'valid' },
  { shape: [3, 31, 31, 64], filter: 2, strides: 2, pad: 'valid' },
  { shape: [2, 7, 7, 5], filter: 2, strides: 2, pad: 'same' },
  { shape: [2, 7, 9, 6], filter: 3, strides: 2, pad: 'same' },
  { shape: [2, 8, 8, 7], filter: 3, strides: 1, pad: 'same' },
  { shape: [2, 8, 8, 9], filter: 2, strides: 1, pad: 'valid' },
  { shape: [1, 6, 5, 4], filter: [3, 2], strides: 3, pad: 1 },
  { shape: [2, 5, 5, 3], filter: 2, strides: 3, pad: 'valid' },
  { shape: [4, 8, 8, 16], filter: 8, strides: 8, pad: 'valid' },
];
const find = (name: string) => poolingKernels.find(({ kernelName }) => kernelName === name)!;

for (const { name, backend } of await testedBackends()) {
  const read = ({ dataId }: tf.TensorInfo) => backend.readSync(dataId) as Float32Array;
  describe(`pooling (${name})`, () => {
    for (const { shape, filter, strides, pad } of cases) {
      it(`[${shape}], filter ${filter}, strides ${strides}, padding ${pad}`, async () => {
        const before = backend.memory().arenaBytes;
        const attrs = { filterSize: filter, strides, pad };
        const info = tf.backend_util.computePool2DInfo(shape, filter, strides, 1, pad);
        const x = randomTensor(backend, shape, 1);
        const dy = randomTensor(backend, info.outShape, 2);
        const [values, gradients] = [read(x), read(dy)];
        // Ties: the first largest takes the gradient. Negative values: padding must not win.
        values.forEach((v, i) => {
          values[i] = Math.round(v * 4) / 4 - 5;
        });
        const coarse = backend.makeTensorInfo(shape, 'float32', values);
        const max = new Float64Array(gradients.length);
        const mean = new Float64Array(gradients.length);
        const dMax = new Float64Array(values.length);
        const dMean = new Float64Array(values.length);
        forEachWindow(info, (out, inputs) => {
          const best = inputs.reduce((a, b) => (values[b]! > values[a]! ? b : a));
          max[out] = values[best]!;
          dMax[best]! += gradients[out]!;
          for (const i of inputs) {
            mean[out]! += values[i]! / inputs.length;
            dMean[i]! += gradients[out]! / (info.filterHeight * info.filterWidth);
          }
        });
        const y = runKernel(find(tf.MaxPool), backend, { x: coarse }, attrs);
        const mx = runKernel(find(tf.MaxPoolGrad), backend, { dy, input: coarse, output: y }, attrs);
        const a = runKernel(find(tf.AvgPool), backend, { x: coarse }, attrs);
        const ax = runKernel(find(tf.AvgPoolGrad), backend, { dy, input: coarse }, attrs);
        expect(y.shape).toEqual(info.outShape);
        await expectClose(read(y), max, { absolute: 0, relative: 0 });
        await expectClose(read(mx), dMax, { absolute: 1e-6 });
        await expectClose(read(a), mean, { absolute: 1e-6 });
        await expectClose(read(ax), dMean, { absolute: 1e-6 });
        for (const { dataId } of [x, coarse, dy, y, mx, a, ax]) backend.disposeData(dataId);
        expect(backend.memory().arenaBytes).toBe(before);
      });
    }

    it('counts NaN as smaller than everything, as tfjs does', () => {
      const x = backend.makeTensorInfo(
        [1, 2, 4, 1],
        'float32',
        new Float32Array([NaN, 1, NaN, NaN, -3, NaN, NaN, NaN]),
      );
      const attrs = { filterSize: 2, strides: 2, pad: 'valid' };
      const y = runKernel(find(tf.MaxPool), backend, { x }, attrs);
      expect(Array.from(read(y))).toEqual([1, -Infinity]);
      const dy = backend.makeTensorInfo([1, 1, 2, 1], 'float32', new Float32Array([5, 7]));
      const dx = runKernel(find(tf.MaxPoolGrad), backend, { dy, input: x, output: y }, attrs);
      expect(Array.from(read(dx))).toEqual([0, 5, 0, 0, 0, 0, 0, 0]);
    });
  });
}
