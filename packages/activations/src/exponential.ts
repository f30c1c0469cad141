import * as tf from '@tensorflow/tfjs-core';
import { type ActivationFunction, elementwise } from './elementwise';

/**
 * Exponential function, for outputs that must be positive, such as rates and variances.
 *
 * f(x) = e^x, f'(x) = e^x
 *
 * @param x any shape; values in ℝ; overflows to ∞ above 88.7
 * @returns the shape of x; values in [0, ∞]
 * @example
 * exponential([-1, 0, 1]); // [0.3679, 1, 2.7183]
 * @see McCullagh, Nelder, "Generalized Linear Models", 1989: the inverse of the log link
 */
export const exponential: ActivationFunction = /* @__PURE__ */ elementwise('exponential', {
  value: (x) => tf.exp(x),
  gradient: (dy, y) => tf.mul(dy, y),
  keeps: 'y',
});
