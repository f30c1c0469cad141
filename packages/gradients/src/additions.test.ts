import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { additions } from './additions';
import './index';

const randomTensor = (shape: number[], seed: number): tf.Tensor4D =>
  tf.randomNormal(shape as [number, number, number, number], 0, 1, 'float32', seed);
const depthwise = (x: tf.Tensor, f: tf.Tensor, stride = 1) =>
  tf.depthwiseConv2d(x as tf.Tensor4D, f as tf.Tensor4D, stride, 'same');
const conv = (x: tf.Tensor, f: tf.Tensor, stride = 1) =>
  tf.conv2d(x as tf.Tensor4D, f as tf.Tensor4D, stride, 'same');
const filter = [3, 3, 2, 2];

interface Case {
  kernel: string;
  name: string;
  shape: number[];
  f: (x: tf.Tensor) => tf.Tensor;
}

const image = [2, 5, 5, 2];
const cases: Case[] = [
  {
    kernel: 'Conv2DBackpropFilter',
    name: 'a convolution, its filter',
    shape: filter,
    f: (w) => conv(randomTensor(image, 3), w),
  },
  {
    kernel: 'Conv2DBackpropFilter',
    name: 'stride 2',
    shape: filter,
    f: (w) => conv(randomTensor(image, 3), w, 2),
  },
  {
    kernel: 'Conv2DBackpropInput',
    name: 'a convolution, its input',
    shape: image,
    f: (x) => conv(x, randomTensor(filter, 4)),
  },
  {
    kernel: 'Conv2DBackpropFilter',
    name: 'a convolution of both',
    shape: image,
    f: (x) => conv(x, tf.reshape(tf.slice(tf.reshape(x, [-1]), 0, 36), filter)),
  },
  {
    kernel: 'DepthwiseConv2dNativeBackpropFilter',
    name: 'a depthwise convolution, its filter',
    shape: filter,
    f: (w) => depthwise(randomTensor(image, 3), w),
  },
  {
    kernel: 'DepthwiseConv2dNativeBackpropInput',
    name: 'a depthwise convolution, its input',
    shape: image,
    f: (x) => depthwise(x, randomTensor(filter, 4), 2),
  },
  {
    kernel: 'DepthwiseConv2dNativeBackpropInput',
    name: 'a depthwise convolution of both',
    shape: image,
    f: (x) => depthwise(x, tf.reshape(tf.slice(tf.reshape(x, [-1]), 0, 36), filter)),
  },
  {
    kernel: 'MaxPoolGrad',
    name: 'max pooling',
    shape: image,
    f: (x) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid'),
  },
  {
    kernel: 'MaxPoolGrad',
    name: 'padded max pooling',
    shape: image,
    f: (x) => tf.maxPool(x as tf.Tensor4D, 3, 2, 'same'),
  },
  {
    // More values than backends leave to tfjs's CPU kernels.
    kernel: 'MaxPoolGrad',
    name: 'max pooling of many values',
    shape: [2, 8, 8, 4],
    f: (x) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid'),
  },
  {
    kernel: 'AvgPoolGrad',
    name: 'average pooling',
    shape: image,
    f: (x) => tf.avgPool(x as tf.Tensor4D, 2, 2, 'valid'),
  },
  {
    kernel: 'AvgPoolGrad',
    name: 'padded average pooling',
    shape: image,
    f: (x) => tf.avgPool(x as tf.Tensor4D, 3, 2, 'same'),
  },
  { kernel: 'EluGrad', name: 'elu', shape: image, f: (x) => tf.elu(x) },
];

describe('gradients of gradients', () => {
  it.each(cases)('$name ($kernel)', async ({ kernel, shape, f }) => {
    const tensors = tf.memory().numTensors;
    const [largest, off] = tf.tidy(() => {
      // No step may change which value of a window is the largest, so the values are 0.3 apart.
      const size = tf.util.sizeFromShape(shape);
      const apart = Array.from({ length: size }, (_, i) => 0.3 * (((i * 37) % size) - size / 2));
      const x = kernel === 'MaxPoolGrad' ? tf.tensor(apart, shape) : randomTensor(shape, 1);
      const direction = randomTensor(shape, 2);
      // The cube has a third derivative, so that the second depends on everything.
      const gradient = tf.grad((x: tf.Tensor) => tf.sum(tf.pow(f(x), tf.scalar(3))));
      const second = tf.grad((x: tf.Tensor) => tf.sum(tf.mul(gradient(x), direction)))(x);
      // The Hessian times a direction is the difference quotient of the gradient along that direction.
      const step = 1e-2;
      const along = (h: number) => gradient(tf.add(x, tf.mul(direction, h)));
      const near = tf.div(tf.sub(along(step), along(-step)), 2 * step);
      const far = tf.div(tf.sub(along(2 * step), along(-2 * step)), 4 * step);
      const expected = tf.div(tf.sub(tf.mul(near, 4), far), 3);
      return [tf.max(tf.abs(expected)), tf.max(tf.abs(tf.sub(second, expected)))] as const;
    });
    const [size, error] = [(await largest.data())[0]!, (await off.data())[0]!];
    tf.dispose([largest, off]);
    expect(size).toBeGreaterThan(0.1);
    expect(error / size).toBeLessThan(2e-3);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('has a test for every addition', () => {
    const tested = new Set(cases.map(({ kernel }) => kernel));
    for (const { kernelName } of additions) expect(tested).toContain(kernelName);
  });
});
