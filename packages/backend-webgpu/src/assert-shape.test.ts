import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { startWebgpu } from '../test/webgpu';

const available = await startWebgpu();

const image = tf.ones<tf.Rank.R4>([1, 2, 3, 16]);
const ones = (...shape: [number, number, number, number]) => tf.ones<tf.Rank.R4>(shape);
type Size = [number, number];

/** Operations on x with a window of height × width and 'valid' padding. */
const windows: [name: string, run: (x: tf.Tensor4D, size: Size) => tf.Tensor][] = [
  ['conv2d', (x, size) => tf.conv2d(x, ones(...size, 16, 4), 1, 'valid')],
  [
    'fused.conv2d',
    (x, size) =>
      tf.fused.conv2d({ x, filter: ones(...size, 16, 4), strides: 1, pad: 'valid', activation: 'relu' }),
  ],
  ['depthwiseConv2d', (x, size) => tf.depthwiseConv2d(x, ones(...size, 16, 1), 1, 'valid')],
  [
    'fused.depthwiseConv2d',
    (x, size) => tf.fused.depthwiseConv2d({ x, filter: ones(...size, 16, 1), strides: 1, pad: 'valid' }),
  ],
  ['maxPool', (x, size) => tf.maxPool(x, size, 1, 'valid')],
  ['avgPool', (x, size) => tf.avgPool(x, size, 1, 'valid')],
];

describe.runIf(available)('a window larger than its input', () => {
  describe.each(windows)('of %s', (_, run) => {
    it.each([
      { size: [5, 5] as Size, shape: /shape \[1,-2,-1,\d+\]/ },
      { size: [5, 3] as Size, shape: /shape \[1,-2,1,\d+\]/ },
      { size: [5, 4] as Size, shape: /shape \[1,-2,0,\d+\]/ },
    ])('of $size is refused, with the way out', ({ size, shape }) => {
      for (const call of [() => run(image, size), () => tf.grad((x) => run(x as tf.Tensor4D, size))(image)]) {
        const before = tf.memory().numTensors;
        expect(() => tf.tidy(call)).toThrow(shape);
        expect(() => tf.tidy(call)).toThrow(/use padding or a smaller window/);
        expect(tf.memory().numTensors).toBe(before);
      }
    });
  });
});
