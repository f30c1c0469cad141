import { checkGradient, expectClose, expectNoLeaks } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it, vi } from 'vitest';
import { gradientConfigs } from './generated/gradient-configs';
import { registerGradients } from './register-gradients';

describe('registerGradients', () => {
  it('finds every gradient of tfjs-core', () => {
    // tfjs-core's list names four kernels twice.
    expect(gradientConfigs).toHaveLength(105);
    const names = new Set(gradientConfigs.map(({ kernelName }) => kernelName));
    expect(names.size).toBe(101);
    for (const name of names) expect(tf.getGradient(name), name).toBeDefined();
    for (const name of ['Conv2D', 'BatchMatMul', 'FusedBatchNorm', 'MaxPool', 'Softmax', 'Sum']) {
      expect(names).toContain(name);
    }
  });

  it('adds nothing and prints nothing the second time', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    tf.enableDebugMode();
    warn.mockClear(); // enableDebugMode warns that it is slow
    expect(registerGradients()).toEqual([]);
    expect(warn).not.toHaveBeenCalled();
    tf.env().set('DEBUG', false);
    warn.mockRestore();
  });

  it('restores an unregistered gradient, and keeps a user-defined one', () => {
    tf.unregisterGradient('Sign');
    expect(registerGradients()).toEqual(['Sign']);

    const original = tf.getGradient('Sign');
    const config: tf.GradConfig = {
      kernelName: 'Sign',
      gradFunc: (dy) => ({ x: () => tf.onesLike(dy as tf.Tensor) }),
    };
    tf.unregisterGradient('Sign');
    tf.registerGradient(config);
    expect(registerGradients()).toEqual([]);
    expect(tf.getGradient('Sign')).toBe(config);
    tf.unregisterGradient('Sign');
    tf.registerGradient(original);
  });

  it('creates tensors of the same copy of tfjs-core', () => {
    const gradient = tf.grad((x: tf.Tensor) => tf.sum(tf.square(x)))(tf.tensor1d([1, 2]));
    expect(gradient.constructor).toBe(tf.tensor1d([1]).constructor);
  });
});

/** Values far from zero and from each other, so that no operation of the table has a kink within two steps. */
const spread = (shape: number[], from = 0.6, by = 0.45): tf.Tensor =>
  tf.tensor(
    Array.from(
      { length: tf.util.sizeFromShape(shape) },
      (_, i) => (from + by * ((i * 7) % 11)) * (i % 2 ? 1 : -1),
    ),
    shape,
  );
const positive = (shape: number[]): tf.Tensor => tf.abs(spread(shape));
const fraction = (shape: number[]): tf.Tensor => tf.div(spread(shape), 8);

type Case = [f: (...xs: tf.Tensor[]) => tf.Tensor, inputs: () => tf.Tensor[]];
const image = (): tf.Tensor => spread([2, 5, 5, 3]);
const cases: Record<string, Case> = {
  abs: [tf.abs, () => [spread([6])]],
  acos: [tf.acos, () => [fraction([6])]],
  add: [tf.add, () => [spread([2, 3]), spread([3])]],
  asinh: [tf.asinh, () => [spread([6])]],
  atan2: [tf.atan2, () => [positive([6]), positive([6])]],
  avgPool: [(x) => tf.avgPool(x as tf.Tensor4D, 2, 1, 'same'), () => [image()]],
  'avgPool, strided, with explicit padding': [
    (x) =>
      tf.avgPool(x as tf.Tensor4D, 3, 2, [
        [0, 0],
        [1, 2],
        [0, 1],
        [0, 0],
      ]),
    () => [image()],
  ],
  avgPool3d: [(x) => tf.avgPool3d(x as tf.Tensor5D, 2, 1, 'same'), () => [spread([1, 3, 3, 4, 2])]],
  batchNorm: [
    (x, mean, variance, scale, offset) =>
      tf.batchNorm(
        x as tf.Tensor4D,
        mean as tf.Tensor1D,
        variance as tf.Tensor1D,
        offset as tf.Tensor1D,
        scale as tf.Tensor1D,
      ),
    () => [image(), spread([3]), tf.add(positive([3]), 1), spread([3]), spread([3])],
  ],
  clipByValue: [(x) => tf.clipByValue(x, -2, 2), () => [tf.tensor1d([-3, -1, 0, 1, 3])]],
  concat: [(a, b) => tf.concat([a, b], 1), () => [spread([2, 3]), spread([2, 2])]],
  conv1d: [
    (x, w) => tf.conv1d(x as tf.Tensor3D, w as tf.Tensor3D, 1, 'same'),
    () => [spread([2, 5, 3]), spread([3, 3, 2])],
  ],
  conv2d: [
    (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 2, 'same'),
    () => [image(), fraction([3, 3, 3, 4])],
  ],
  conv2dTranspose: [
    (x, w) => tf.conv2dTranspose(x as tf.Tensor4D, w as tf.Tensor4D, [2, 8, 8, 2], 2, 'same'),
    () => [spread([2, 4, 4, 3]), fraction([3, 3, 2, 3])],
  ],
  conv3d: [
    (x, w) => tf.conv3d(x as tf.Tensor5D, w as tf.Tensor5D, 1, 'same'),
    () => [spread([1, 3, 3, 3, 2]), fraction([2, 2, 2, 2, 2])],
  ],
  cumsum: [(x) => tf.cumsum(x, 1), () => [spread([2, 4])]],
  depthwiseConv2d: [
    (x, w) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'),
    () => [image(), fraction([3, 3, 3, 2])],
  ],
  div: [tf.div, () => [spread([2, 3]), tf.add(positive([3]), 1)]],
  elu: [tf.elu, () => [spread([6])]],
  erf: [tf.erf, () => [spread([6])]],
  exp: [tf.exp, () => [fraction([6])]],
  expm1: [tf.expm1, () => [fraction([6])]],
  gather: [(x) => tf.gather(x, tf.tensor1d([2, 0, 2], 'int32')), () => [spread([3, 2])]],
  'gather of batches': [
    (x) =>
      tf.gather(
        x,
        tf.tensor2d(
          [
            [1, 0],
            [2, 2],
          ],
          [2, 2],
          'int32',
        ),
        1,
        1,
      ),
    () => [spread([2, 3, 2])],
  ],
  leakyRelu: [(x) => tf.leakyRelu(x), () => [spread([6])]],
  localResponseNormalization: [
    (x) => tf.localResponseNormalization(x as tf.Tensor4D, 2),
    () => [fraction([1, 2, 2, 6])],
  ],
  log: [tf.log, () => [positive([6])]],
  log1p: [tf.log1p, () => [positive([6])]],
  logSoftmax: [(x) => tf.logSoftmax(x), () => [spread([3, 4])]],
  logSumExp: [(x) => tf.logSumExp(x, 1), () => [spread([3, 4])]],
  matMul: [(a, b) => tf.matMul(a, b), () => [spread([3, 4]), spread([4, 2])]],
  'matMul of batches, transposed': [
    (a, b) => tf.matMul(a, b, true, true),
    () => [spread([2, 4, 3]), spread([2, 5, 4])],
  ],
  max: [
    (x) => tf.max(x, 1),
    () => [
      tf.tensor2d([
        [1, 4, 2],
        [7, 3, 5],
      ]),
    ],
  ],
  maxPool: [
    (x) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid'),
    () => [
      tf.tensor4d(
        Array.from({ length: 32 }, (_, i) => ((i * 13) % 32) - 16),
        [1, 4, 4, 2],
      ),
    ],
  ],
  maximum: [tf.maximum, () => [tf.tensor1d([1, 5, 3]), tf.tensor1d([2, 4, 6])]],
  'maximum with broadcasting': [tf.maximum, () => [spread([2, 3]), spread([3], 0.7)]],
  'minimum with broadcasting': [tf.minimum, () => [spread([3], 0.7), spread([2, 3])]],
  mean: [(x) => tf.mean(x, [0, 2]), () => [spread([2, 3, 4])]],
  min: [
    (x) => tf.min(x),
    () => [
      tf.tensor2d([
        [1, 4, 2],
        [7, 3, 5],
      ]),
    ],
  ],
  mirrorPad: [
    (x) =>
      tf.mirrorPad(
        x,
        [
          [1, 1],
          [0, 2],
        ],
        'reflect',
      ),
    () => [spread([3, 4])],
  ],
  'mirrorPad, symmetric': [
    (x) =>
      tf.mirrorPad(
        x,
        [
          [3, 1],
          [0, 2],
        ],
        'symmetric',
      ),
    () => [spread([3, 4])],
  ],
  mul: [tf.mul, () => [spread([2, 3]), spread([2, 1])]],
  pad: [
    (x) =>
      tf.pad(x, [
        [1, 0],
        [0, 2],
      ]),
    () => [spread([2, 3])],
  ],
  pow: [tf.pow, () => [tf.add(positive([4]), 1), fraction([4])]],
  prelu: [tf.prelu, () => [spread([6]), fraction([6])]],
  prod: [(x) => tf.prod(x), () => [spread([2, 3])]],
  'prod along an axis': [(x) => tf.prod(x, 0), () => [spread([3, 2])]],
  'prod along two axes': [(x) => tf.prod(x, [0, 2]), () => [fraction([2, 3, 2])]],
  reciprocal: [tf.reciprocal, () => [tf.add(positive([4]), 1)]],
  relu: [tf.relu, () => [spread([6])]],
  relu6: [tf.relu6, () => [tf.tensor1d([-2, 1, 3, 5, 8])]],
  resizeBilinear: [(x) => tf.image.resizeBilinear(x as tf.Tensor4D, [7, 6]), () => [spread([1, 4, 4, 2])]],
  reverse: [(x) => tf.reverse(x, 1), () => [spread([2, 3])]],
  rsqrt: [tf.rsqrt, () => [tf.add(positive([4]), 1)]],
  selu: [tf.selu, () => [spread([6])]],
  sigmoid: [tf.sigmoid, () => [spread([6])]],
  slice: [(x) => tf.slice(x, [0, 1], [2, 2]), () => [spread([2, 4])]],
  softmax: [(x) => tf.softmax(x), () => [spread([3, 4])]],
  softplus: [tf.softplus, () => [spread([6])]],
  spaceToBatchND: [
    (x) =>
      tf.spaceToBatchND(
        x,
        [2, 2],
        [
          [0, 0],
          [0, 0],
        ],
      ),
    () => [spread([1, 4, 4, 1])],
  ],
  split: [(x) => tf.sub(...(tf.split(x, 2, 1) as [tf.Tensor, tf.Tensor])), () => [spread([2, 4])]],
  sqrt: [tf.sqrt, () => [positive([6])]],
  square: [tf.square, () => [spread([6])]],
  squaredDifference: [tf.squaredDifference, () => [spread([2, 3]), spread([3])]],
  stack: [(a, b) => tf.stack([a, b]), () => [spread([3]), spread([3])]],
  sub: [tf.sub, () => [spread([3]), spread([2, 3])]],
  sum: [(x) => tf.sum(x, 1), () => [spread([2, 3, 2])]],
  tan: [tf.tan, () => [fraction([4])]],
  tanh: [tf.tanh, () => [spread([6])]],
  tile: [(x) => tf.tile(x, [2, 3]), () => [spread([2, 2])]],
  transpose: [(x) => tf.transpose(x, [2, 0, 1]), () => [spread([2, 3, 4])]],
  unstack: [(x) => tf.mul(...(tf.unstack(x) as [tf.Tensor, tf.Tensor])), () => [spread([2, 3])]],
  unsortedSegmentSum: [
    (x) => tf.unsortedSegmentSum(x, tf.tensor1d([0, 1, 0], 'int32'), 2),
    () => [spread([3, 2])],
  ],
  where: [(a, b) => tf.where(tf.tensor1d([1, 0, 1], 'bool'), a, b), () => [spread([3]), spread([3])]],
};

describe('agrees with finite differences and leaves no tensor behind', () => {
  it.each(Object.keys(cases))('%s', async (name) => {
    const [f, make] = cases[name]!;
    const inputs = tf.tidy(make);
    await expectNoLeaks(() => checkGradient(f, inputs, { step: 0.03 }));
    tf.dispose(inputs);
  });
});

// Where x has a part in the output: 1 for the gradient of the output, 0 for none.
const parts: { [name: string]: [f: (x: tf.Tensor) => tf.Tensor, x: number[], share: number[]] } = {
  relu: [tf.relu, [-2, 0, 3], [0, 0, 1]],
  relu6: [tf.relu6, [-2, 0, 3, 6, 7], [0, 0, 1, 1, 0]],
  'clipByValue (min and max)': [(x) => tf.clipByValue(x, -1, 1), [-2, 0, 3], [0, 1, 0]],
  'maximum, its first input': [(x) => tf.maximum(x, [0, 0, 0]), [-2, 0, 3], [0, 1, 1]],
  'maximum, its second input': [(x) => tf.maximum([0, 0, 0], x), [-2, 0, 3], [0, 0, 1]],
  'minimum, its first input': [(x) => tf.minimum(x, [0, 0, 0]), [-2, 0, 3], [1, 1, 0]],
  'minimum, its second input': [(x) => tf.minimum([0, 0, 0], x), [-2, 0, 3], [1, 0, 0]],
  'where the condition is true': [(x) => tf.where(tf.greater(x, 1), x, 1), [-2, 0, 3], [0, 0, 1]],
  'where the condition is false': [(x) => tf.where(tf.greater(x, 1), 1, x), [-2, 0, 3], [1, 1, 0]],
  max: [(x) => tf.max(x), [-2, 0, 3], [0, 0, 1]],
  'max along an axis': [(x) => tf.max(tf.reshape(x, [2, 2]), 1), [-2, 0, 3, 3], [0, 1, 1, 1]],
  'min along an axis that is kept': [
    (x) => tf.min(tf.reshape(x, [2, 2]), -1, true),
    [-2, 0, 3, 3],
    [1, 0, 1, 1],
  ],
  maxPool: [
    (x) => tf.maxPool(tf.reshape(x, [1, 2, 2, 1]) as tf.Tensor4D, 2, 2, 0),
    [1, 4, 3, 4],
    [0, 1, 0, 0],
  ],
};

describe('a gradient that is not finite reaches only what has a part in the output', () => {
  it.each(Object.keys(parts))('%s', async (name) => {
    const [f, x, share] = parts[name]!;
    for (const end of [Number.NaN, Infinity, -Infinity]) {
      const dx = tf.tidy(() => {
        const input = tf.tensor1d(x);
        return tf.grad(f)(input, tf.fill(f(input).shape, end));
      });
      expect([...(await dx.data())]).toEqual(share.map((part) => (part === 0 ? 0 : end)));
      dx.dispose();
    }
  });
});

// Their gradients have none themselves: tfjs refuses to compute it and names the kernel.
const refused: { [name: string]: string } = {
  avgPool3d: 'AvgPool3DGrad',
  conv3d: 'Conv3DBackpropFilterV2',
  localResponseNormalization: 'LRNGrad',
  prod: 'Cumprod',
  'prod along an axis': 'Cumprod',
  'prod along two axes': 'Cumprod',
  resizeBilinear: 'ResizeBilinearGrad',
};

describe('a gradient of a gradient is right by finite differences, or refused by the name of its kernel', () => {
  it.each(Object.keys(cases))('%s', async (name) => {
    const [f, make] = cases[name]!;
    const inputs = tf.tidy(make);
    // Squared, since the gradient of a linear function alone does not depend on its input.
    const loss = (...xs: tf.Tensor[]) => tf.sum(tf.square(f(...xs))) as tf.Scalar;
    const gradient = (...xs: tf.Tensor[]) =>
      tf.concat(
        tf
          .grads(loss)(xs)
          .map((part) => tf.reshape(part, [-1])),
      );
    const check = () => checkGradient(gradient, inputs, { step: 0.02, tolerance: 2e-2 });
    if (Object.hasOwn(refused, name)) {
      await expect(check()).rejects.toThrow(`gradient function not found for ${refused[name]}`);
    } else {
      await expectNoLeaks(check);
    }
    tf.dispose(inputs);
  });
});

it('second derivatives', async () => {
  const second = tf.grad((x: tf.Tensor) => tf.sum(tf.grad((y: tf.Tensor) => tf.sum(tf.pow(y, 4)))(x)));
  await expectClose(second(tf.tensor1d([1, 2, -3])), [12, 48, 108], { relative: 1e-4 });
});
