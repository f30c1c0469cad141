import { finite } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { type ActivationFunction, elementwise } from './elementwise';

export interface LeakyReluOptions {
  /** Slope for negative x, a finite number; 0.01 by default. */
  negativeSlope?: number;
}

/**
 * Leaky rectified linear unit: a small slope instead of zero for negative inputs, so that no unit stops learning.
 *
 * f(x) = x where x > 0, a·x elsewhere; f'(x) = 1 where x > 0, a elsewhere, at x = 0 too
 *
 * @param x any shape; values in ℝ
 * @returns the shape of x
 * @throws when negativeSlope is not a finite number
 * @example
 * leakyRelu([-1, 0, 2]); // [-0.01, 0, 2]
 * @see Maas, Hannun, Ng, "Rectifier Nonlinearities Improve Neural Network Acoustic Models", 2013
 */
export const leakyRelu: ActivationFunction<LeakyReluOptions> = /* @__PURE__ */ elementwise<
  LeakyReluOptions,
  [number]
>(
  'leakyRelu',
  {
    value: (x, negativeSlope) => tf.leakyRelu(x, negativeSlope),
    gradient: (dy, x, negativeSlope) => tf.where(tf.greater(x, 0), dy, tf.mul(dy, negativeSlope)),
    keeps: 'x',
    parameters: ({ negativeSlope = 0.01 }) => [negativeSlope],
  },
  { negativeSlope: finite },
);
