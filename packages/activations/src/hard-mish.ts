import * as tf from '@tensorflow/tfjs-core';
import { type ActivationFunction, elementwise } from './elementwise';
import { where } from './piecewise';

/**
 * Piecewise quadratic approximation of `mish`.
 *
 * f(x) = x/2·min(max(x + 2, 0), 2); f'(x) = 0 where x < −2, 1 where x > 0, x + 1 between
 *
 * @param x any shape; values in ℝ
 * @returns the shape of x; values in [−0.5, ∞)
 * @example
 * hardMish([-3, -1, 1]); // [0, -0.5, 1]
 * @see Diganta Misra's H-Mish, 2019, https://github.com/digantamisra98/H-Mish
 */
export const hardMish: ActivationFunction = /* @__PURE__ */ elementwise('hardMish', {
  value: (x) =>
    tf.where(tf.less(x, -2), tf.zerosLike(x), tf.mul(x, tf.div(tf.clipByValue(tf.add(x, 2), 0, 2), 2))),
  gradient(dy, x) {
    const slope = tf.where(tf.lessEqual(x, 0), tf.add(x, 1), tf.onesLike(x));
    return where(tf.greaterEqual(x, -2), tf.mul(dy, slope));
  },
  keeps: 'x',
});
