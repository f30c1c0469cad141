import * as tf from '@tensorflow/tfjs-core';
import { type ActivationFunction, elementwise } from './elementwise';

/**
 * Gaussian error linear unit: x weighted by the probability that a standard normal variable lies below it.
 *
 * gelu(x) = x·Φ(x) = x/2·(1 + erf(x/√2)), gelu'(x) = Φ(x) + x·φ(x), φ(x) = e^(−x²/2)/√(2π)
 *
 * @param x any shape; values in ℝ
 * @returns the shape of x; values in [−0.17, ∞)
 * @example
 * gelu([-1, 0, 1]); // [-0.1587, 0, 0.8413]
 * @see Hendrycks, Gimpel, "Gaussian Error Linear Units", 2016, https://arxiv.org/abs/1606.08415, section 2
 */
export const gelu: ActivationFunction = /* @__PURE__ */ elementwise('gelu', {
  value: (x) => tf.mul(x, probability(x)),
  gradient(dy, x) {
    const density = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
    return tf.mul(dy, tf.add(probability(x), tf.mul(x, density)));
  },
  keeps: 'x',
});

// The probability Φ(x) that a standard normal variable lies below x.
const probability = (x: tf.Tensor) => tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);
