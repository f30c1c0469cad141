import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import './index';

beforeAll(() => tf.setBackend('simd'));

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

describe('a window larger than its input', () => {
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

    it('may cover the input, or leave an empty axis', () => {
      expect(tf.tidy(() => run(image, [2, 3]).shape.slice(0, 3))).toEqual([1, 1, 1]);
      expect(tf.tidy(() => run(image, [3, 3]).shape.slice(0, 3))).toEqual([1, 0, 1]);
    });
  });
});

describe('a size that is no integer from 0', () => {
  const run = (kernel: string, inputs: tf.NamedTensorMap, attributes: object) => () =>
    tf.engine().runKernel(kernel, inputs, attributes as tf.NamedAttrMap);

  it.each([
    ['of a wasm kernel', 'Fill', {}, { shape: [-2, -2], value: 1, dtype: 'float32' }],
    ["of tfjs's kernel", 'Fill', {}, { shape: [-2, -2], value: 1, dtype: 'int32' }],
    ['of a view', 'Reshape', { x: tf.ones([3]) }, { shape: [1.5, 2] }],
    [
      'of an input of a convolution',
      'Conv2DBackpropInput',
      { dy: ones(1, 2, 1, 4), filter: ones(1, 1, 16, 4) },
      { inputShape: [1, 1.5, 1, 16], strides: 1, pad: 'valid' },
    ],
  ])('%s is refused', (_, kernel, inputs, attributes) => {
    const before = tf.memory().numTensors;
    expect(run(kernel, inputs, attributes)).toThrow(/simd backend: a result would have shape \[.*(-2|1\.5)/);
    expect(tf.memory().numTensors).toBe(before);
  });
});
