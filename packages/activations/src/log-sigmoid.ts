import * as tf from '@tensorflow/tfjs-core';
import { type ActivationFunction, elementwise } from './elementwise';

/**
 * Logarithm of the logistic sigmoid, without cancellation in either tail.
 *
 * f(x) = log σ(x) = −log(1 + e^(−x)), f'(x) = σ(−x)
 *
 * @param x any shape; values in ℝ
 * @returns the shape of x; values in (−∞, 0]
 * @example
 * logSigmoid([-1, 0, 1]); // [-1.3133, -0.6931, -0.3133]
 * @see Goodfellow, Bengio, Courville, "Deep Learning", 2016, section 3.10
 */
export const logSigmoid: ActivationFunction = /* @__PURE__ */ elementwise('logSigmoid', {
  value: (x) => tf.neg(tf.softplus(tf.neg(x))),
  gradient: (dy, x) => tf.mul(dy, tf.sigmoid(tf.neg(x))),
  keeps: 'x',
});
