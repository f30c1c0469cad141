import * as tf from '@tensorflow/tfjs-core';
import { type ActivationFunction, elementwise } from './elementwise';
import { negativePart } from './piecewise';

/**
 * Scaled exponential linear unit: keeps the mean and variance of its inputs near 0 and 1, layer after layer.
 *
 * f(x) = λ·x where x > 0, λ·α·(e^x − 1) elsewhere; f'(x) = λ where x > 0, λ·α·e^x elsewhere; λ = 1.0507, α = 1.6733
 *
 * It wants weights of mean 0 and variance 1/inputs (`lecunNormal`) and `alphaDropout` instead of dropout.
 *
 * @param x any shape; values in ℝ
 * @returns the shape of x; values in (−1.7581, ∞)
 * @example
 * selu([-1, 0, 1]); // [-1.1113, 0, 1.0507]
 * @see Klambauer et al., "Self-Normalizing Neural Networks", 2017, https://arxiv.org/abs/1706.02515, equation 2
 */
export const selu: ActivationFunction = /* @__PURE__ */ elementwise('selu', {
  value: (x) =>
    tf.where(tf.greater(x, 0), tf.mul(x, SCALE), tf.mul(tf.expm1(negativePart(x)), SCALE * ALPHA)),
  gradient: (dy, x) =>
    tf.mul(
      dy,
      tf.where(tf.greater(x, 0), tf.fill(x.shape, SCALE), tf.mul(tf.exp(negativePart(x)), SCALE * ALPHA)),
    ),
  keeps: 'x',
});

const ALPHA = 1.6732632423543772;
const SCALE = 1.0507009873554805;
