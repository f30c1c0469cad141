import * as tf from '@tensorflow/tfjs-core';
import { type ActivationFunction, elementwise } from './elementwise';

/**
 * Rectified linear unit: the positive part.
 *
 * relu(x) = max(x, 0), relu'(x) = 1 where x > 0 and 0 elsewhere, at x = 0 too
 *
 * @param x any shape; values in ℝ
 * @returns the shape of x; values in [0, ∞)
 * @example
 * relu([-1, 0, 2]); // [0, 0, 2]
 * @see Nair, Hinton, "Rectified Linear Units Improve Restricted Boltzmann Machines", 2010
 */
export const relu: ActivationFunction = /* @__PURE__ */ elementwise('relu', {
  value: (x) => tf.relu(x),
  gradient: (dy, y) => tf.where(tf.lessEqual(y, 0), tf.zerosLike(dy), dy),
  keeps: 'y',
});
