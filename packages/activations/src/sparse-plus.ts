import * as tf from '@tensorflow/tfjs-core';
import { type ActivationFunction, elementwise } from './elementwise';
import { where } from './piecewise';

/**
 * Sparse plus: a ReLU whose kink is rounded by a parabola from −1 to 1; exactly zero below.
 *
 * f(x) = 0 where x ≤ −1, (x + 1)²/4 where −1 < x < 1, x elsewhere; f' is the sparse sigmoid
 *
 * @param x any shape; values in ℝ
 * @returns the shape of x; values in [0, ∞)
 * @example
 * sparsePlus([-2, 0, 2]); // [0, 0.25, 2]
 * @see Martins, Astudillo, "From Softmax to Sparsemax: A Sparse Model of Attention and Multi-Label Classification", 2016,
 * https://arxiv.org/abs/1602.02068, section 3.2
 */
export const sparsePlus: ActivationFunction = /* @__PURE__ */ elementwise('sparsePlus', {
  value(x) {
    const parabola = tf.div(tf.square(tf.add(tf.clipByValue(x, -1, 1), 1)), 4);
    return tf.where(tf.greaterEqual(x, 1), x, parabola);
  },
  gradient: (dy, x) => where(tf.greater(x, -1), tf.mul(dy, tf.div(tf.add(tf.clipByValue(x, -1, 1), 1), 2))),
  keeps: 'x',
});
