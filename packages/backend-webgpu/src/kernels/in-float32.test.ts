import { expectClose, expectNoLeaks } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { normals, runKernel, startWebgpu } from '../../test/webgpu';

const available = await startWebgpu();
const conv = { strides: 1, pad: 'same', dilations: 1, dataFormat: 'NHWC', dimRoundingMode: undefined };
const product = { transposeA: false, transposeB: false };

interface Case {
  kernel: string;
  x: number[];
  others: Record<string, number[]>;
  name: string;
  attrs: object;
}
const cases: Case[] = [
  {
    kernel: tf._FusedMatMul,
    name: 'a',
    x: [1, 3, 4],
    others: { b: [1, 4, 5], bias: [5] },
    attrs: { ...product, activation: 'linear' },
  },
  { kernel: tf.BatchMatMul, name: 'a', x: [2, 3, 4], others: { b: [2, 4, 5] }, attrs: product },
  { kernel: tf.Conv2D, name: 'x', x: [1, 4, 4, 3], others: { filter: [3, 3, 3, 2] }, attrs: conv },
  {
    kernel: tf.FusedConv2D,
    name: 'x',
    x: [1, 4, 4, 3],
    others: { filter: [3, 3, 3, 2], bias: [2] },
    attrs: { ...conv, activation: 'relu' },
  },
  {
    kernel: tf.DepthwiseConv2dNative,
    name: 'x',
    x: [1, 4, 4, 3],
    others: { filter: [3, 3, 3, 1] },
    attrs: conv,
  },
];

describe.runIf(available)('integers among floats', () => {
  it.each(['int32', 'bool'] as const)('are not truncated: %s', async (dtype) => {
    for (const { kernel, name, x, others, attrs } of cases) {
      await expectNoLeaks(async () => {
        const size = tf.util.sizeFromShape(x);
        const values = Array.from({ length: size }, (_, i) => (dtype === 'bool' ? i % 2 : (i % 7) - 3));
        const tensors = Object.fromEntries(
          Object.entries(others).map(([key, shape], i) => [
            key,
            tf.tensor(normals(tf.util.sizeFromShape(shape), i + 1), shape),
          ]),
        );
        const [integers, floats] = [tf.tensor(values, x, dtype), tf.tensor(values, x, 'float32')];
        const got = runKernel(kernel, { ...tensors, [name]: integers }, attrs)[0]!;
        const want = runKernel(kernel, { ...tensors, [name]: floats }, attrs)[0]!;
        expect({ kernel, dtype: got.dtype }).toEqual({ kernel, dtype: 'float32' });
        await expectClose(got, await want.data(), { absolute: 1e-5 });
        return [integers, floats, got, want, ...Object.values(tensors)];
      });
    }
  });
});
