import { finite } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { type ActivationFunction, elementwise } from './elementwise';
import { negativePart } from './piecewise';

export interface EluOptions {
  /** The value at −∞ is −alpha; a finite number, 1 by default. */
  alpha?: number;
}

/**
 * Exponential linear unit: saturates for negative inputs, so that the mean of its values is closer to zero.
 *
 * f(x) = x where x > 0, α·(e^x − 1) elsewhere; f'(x) = 1 where x > 0, α·e^x elsewhere
 *
 * @param x any shape; values in ℝ
 * @returns the shape of x; values in (−α, ∞)
 * @throws when alpha is not a finite number
 * @example
 * elu([-1, 0, 2]); // [-0.6321, 0, 2]
 * @see Clevert, Unterthiner, Hochreiter, "Fast and Accurate Deep Network Learning by Exponential Linear Units (ELUs)", 2015,
 * https://arxiv.org/abs/1511.07289, section 3
 */
export const elu: ActivationFunction<EluOptions> = /* @__PURE__ */ elementwise<EluOptions, [number]>(
  'elu',
  {
    value: (x, alpha) => tf.where(tf.greater(x, 0), x, tf.mul(tf.expm1(negativePart(x)), alpha)),
    gradient: (dy, x, alpha) =>
      tf.where(tf.greater(x, 0), dy, tf.mul(dy, tf.mul(tf.exp(negativePart(x)), alpha))),
    keeps: 'x',
    parameters: ({ alpha = 1 }) => [alpha],
  },
  { alpha: finite },
);
