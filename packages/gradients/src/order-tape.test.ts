import { checkGradient, expectClose, expectNoLeaks } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import './index';

const x = () => tf.tensor1d([0.3, 0.7, 1.2, 0.9, 1.6, 0.5]);

describe('gradients of gradients, by finite differences of the gradient', () => {
  // The gradients of the first seven use the output.
  const functions: { [name: string]: (x: tf.Tensor) => tf.Tensor } = {
    sigmoid: (x) => tf.sigmoid(x),
    tanh: (x) => tf.tanh(x),
    exp: (x) => tf.exp(x),
    sqrt: (x) => tf.sqrt(tf.add(x, 2)),
    softmax: (x) => tf.softmax(tf.reshape(x, [2, 3])),
    logSoftmax: (x) => tf.logSoftmax(tf.reshape(x, [2, 3])),
    logSumExp: (x) => tf.logSumExp(tf.reshape(x, [2, 3]), 1),
    reciprocal: (x) => tf.reciprocal(tf.add(x, 2)),
    product: (x) => tf.mul(tf.sin(x), tf.square(x)),
    matMul: (x) => tf.matMul(tf.reshape(x, [2, 3]), tf.reshape(tf.sin(x), [3, 2])),
    masked: (x) => tf.where(tf.greater(x, 0.05), tf.pow(x, tf.scalar(3)), tf.zerosLike(x)),
  };
  it.each(Object.entries(functions))('%s', async (_, f) => {
    const gradient = tf.grad((x: tf.Tensor) => tf.sum(tf.square(f(x))));
    await checkGradient((x) => gradient(x), [x()], { step: 0.02, tolerance: 3e-3 });
    const input = x();
    await expectNoLeaks(() => tf.grad((x: tf.Tensor) => tf.sum(gradient(x)))(input));
  });

  it('third derivatives too', async () => {
    const derivative = (f: (x: tf.Tensor) => tf.Tensor) => tf.grad((x: tf.Tensor) => f(x));
    await expectClose(derivative(derivative(derivative((x) => tf.exp(x))))(x()), tf.exp(x()), {
      relative: 1e-5,
    });
  });
});

it('treats a mask that is computed within a gradient as a constant', async () => {
  const gradient = tf.grad((x: tf.Tensor) => tf.where(tf.greater(x, 0.8), x, tf.mul(x, 2)));
  await expectClose(gradient(x()), [2, 2, 1, 1, 1, 2]);
});

it('lets a custom gradient save its value before its argument', async () => {
  const cube = tf.customGrad((x, save) => {
    const [argument, saved] = [x as tf.Tensor, save as tf.GradSaveFunc];
    const value = tf.pow(argument, tf.scalar(3));
    saved([value, argument]);
    return { value, gradFunc: (dy, [y, x]) => tf.mul(dy, tf.div(tf.mul(y!, 3), x!)) };
  });
  const second = tf.grad((x: tf.Tensor) => tf.grad((x: tf.Tensor) => cube(x))(x));
  await expectClose(second(x()), tf.mul(x(), 6), { relative: 1e-5 });
});

it('patches the engine once', async () => {
  const { orderTape } = await import('./order-tape');
  const before = (tf.engine() as unknown as { addTapeNode: unknown }).addTapeNode;
  orderTape();
  expect((tf.engine() as unknown as { addTapeNode: unknown }).addTapeNode).toBe(before);
});
