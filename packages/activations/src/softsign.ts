import * as tf from '@tensorflow/tfjs-core';
import { type ActivationFunction, elementwise } from './elementwise';

/**
 * Softsign: saturates like tanh, but more slowly: as 1/x instead of e^(−2x).
 *
 * f(x) = x / (1 + |x|), f'(x) = 1 / (1 + |x|)²
 *
 * @param x any shape; values in ℝ
 * @returns the shape of x; values in (−1, 1)
 * @example
 * softsign([-1, 0, 3]); // [-0.5, 0, 0.75]
 * @see Glorot, Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010, section 3
 */
export const softsign: ActivationFunction = /* @__PURE__ */ elementwise('softsign', {
  value: (x) => tf.div(x, tf.add(tf.abs(x), 1)),
  gradient: (dy, x) => tf.mul(dy, tf.square(tf.reciprocal(tf.add(tf.abs(x), 1)))),
  keeps: 'x',
});
