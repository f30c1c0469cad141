import { checkGradient, expectClose, expectNoLeaks } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { fused, withGradient } from './index';

/** x³. The rule saves a tensor that is neither input nor output, so the tape does not know its origin. */
const cube = (x: tf.Tensor): tf.Tensor =>
  withGradient([x], {
    forward: (x) => {
      const square = tf.square(x);
      return { value: tf.mul(square, x), saved: [square] };
    },
    backward: (dy, [square]) => [tf.mul(dy, tf.mul(square!, 3))],
  });

describe('withGradient', () => {
  const x = tf.tensor1d([-1.5, 0.5, 2]);

  it('has the value and the gradient of its rule', async () => {
    await expectClose(cube(x), [-3.375, 0.125, 8]);
    await checkGradient(cube, [x]);
  });

  it('has second and third derivatives, those of the composition', async () => {
    const first = tf.grad((x: tf.Tensor) => cube(x));
    const second = tf.grad((x: tf.Tensor) => first(x));
    const third = tf.grad((x: tf.Tensor) => second(x));
    await expectClose(second(x), [-9, 3, 12]);
    await expectClose(third(x), [6, 6, 6]);
  });

  it('leaves no tensor behind, also on errors', async () => {
    await expectNoLeaks(() => tf.grad((x: tf.Tensor) => cube(x))(x));
    await expectNoLeaks(() => tf.grad((x: tf.Tensor) => tf.grad((x: tf.Tensor) => cube(x))(x))(x));
    const broken = (x: tf.Tensor) =>
      withGradient([x], {
        forward: (x) => {
          tf.square(x);
          throw new Error('no forward');
        },
        backward: (dy) => [dy],
      });
    await expectNoLeaks(() => {
      expect(() => broken(x)).toThrow('no forward');
    });
  });
});

describe('fused', () => {
  const composed = (x: tf.Tensor) => {
    let ran = false;
    const [y] = fused('Activation', { x }, { function: 'silu' }, () => {
      ran = true;
      return [tf.mul(x, tf.sigmoid(x))];
    });
    return { y: y!, ran };
  };

  it('composes while the tape records, because a kernel has no gradient there', async () => {
    const x = tf.tensor1d([0.5, -2]);
    await checkGradient((x) => composed(x).y, [x]);
  });

  it('composes when the backend does not support the function', async () => {
    const x = tf.tensor1d([1, 2]);
    const [y] = fused('Activation', { x }, { function: 'no such function' }, () => [tf.neg(x)]);
    await expectClose(y!, [-1, -2]);
  });
});
