import * as tf from '@tensorflow/tfjs-core';
import { type ActivationFunction, elementwise } from './elementwise';

/**
 * Logistic sigmoid: converts log-odds to a probability.
 *
 * σ(x) = 1 / (1 + e^(−x)), σ'(x) = σ(x)·(1 − σ(x))
 *
 * @param x any shape; values in ℝ
 * @returns the shape of x; values in [0, 1]
 * @example
 * sigmoid([-1, 0, 1]); // [0.2689, 0.5, 0.7311]
 * @see Goodfellow, Bengio, Courville, "Deep Learning", 2016, section 3.10
 */
export const sigmoid: ActivationFunction = /* @__PURE__ */ elementwise('sigmoid', {
  value: (x) => tf.sigmoid(x),
  gradient: (dy, y) => tf.mul(dy, tf.mul(y, tf.sub(1, y))),
  keeps: 'y',
});
