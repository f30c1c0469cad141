import * as tf from '@tensorflow/tfjs-core';
import { type ActivationFunction, elementwise } from './elementwise';
import { where } from './piecewise';

/**
 * Squared rectified linear unit, with a continuous derivative.
 *
 * f(x) = max(x, 0)²; f'(x) = 2·max(x, 0)
 *
 * @param x any shape; values in ℝ
 * @returns the shape of x; values in [0, ∞)
 * @example
 * squaredRelu([-1, 0, 3]); // [0, 0, 9]
 * @see So et al., "Primer: Searching for Efficient Transformers for Language Modeling", 2021,
 * https://arxiv.org/abs/2109.08668, section 3.1
 */
export const squaredRelu: ActivationFunction = /* @__PURE__ */ elementwise('squaredRelu', {
  value: (x) => tf.square(tf.relu(x)),
  gradient: (dy, x) => where(tf.greater(x, 0), tf.mul(dy, tf.mul(x, 2))),
  keeps: 'x',
});
