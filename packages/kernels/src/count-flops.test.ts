import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { countFlops } from './index';

const ones = (...shape: number[]) => tf.ones(shape);

it.each([
  ['a product', () => tf.matMul(ones(2, 3), ones(3, 4)), 2 * 2 * 3 * 4],
  [
    'a transposed product',
    () => tf.matMul(ones(3, 2) as tf.Tensor2D, ones(4, 3) as tf.Tensor2D, true, true),
    48,
  ],
  ['a batch of products', () => tf.matMul(ones(5, 2, 3), ones(5, 3, 4)), 5 * 48],
  [
    'a convolution, padding included',
    () => tf.conv2d(ones(2, 8, 8, 3) as tf.Tensor4D, ones(3, 3, 3, 4) as tf.Tensor4D, 1, 'same'),
    2 * 2 * 64 * 4 * 27,
  ],
  [
    'a depthwise convolution',
    () => tf.depthwiseConv2d(ones(1, 8, 8, 3) as tf.Tensor4D, ones(3, 3, 3, 1) as tf.Tensor4D, 1, 'valid'),
    2 * 36 * 3 * 9,
  ],
  [
    'the gradient of one operand',
    () => tf.grad((x: tf.Tensor) => tf.matMul(x as tf.Tensor2D, ones(3, 4) as tf.Tensor2D))(ones(2, 3)),
    2 * 48,
  ],
  ['elementwise operations', () => tf.add(ones(2, 3), 1), 0],
])('counts %s', (_, body, flops) => {
  const before = tf.engine().runKernel;
  const { flops: counted, result } = countFlops(() => tf.tidy(body));
  expect(counted).toBe(flops);
  result.dispose();
  expect(tf.engine().runKernel).toBe(before);
});

it('counts per kernel, and stops counting when the function throws', () => {
  const { result, kernels } = countFlops(() => tf.matMul(ones(2, 3), ones(3, 4)));
  expect(result.shape).toEqual([2, 4]);
  expect(Object.values(kernels)).toEqual([48]);
  const before = tf.engine().runKernel;
  expect(() =>
    countFlops(() => {
      throw new Error('stop');
    }),
  ).toThrow('stop');
  expect(tf.engine().runKernel).toBe(before);
});
