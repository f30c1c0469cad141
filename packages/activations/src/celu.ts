import { positive } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { type ActivationFunction, elementwise } from './elementwise';
import { negativePart } from './piecewise';

export interface CeluOptions {
  /** The value at −∞ is −alpha; a positive number, 1 by default. */
  alpha?: number;
}

/**
 * Continuously differentiable exponential linear unit: an ELU whose derivative is 1 at zero for every alpha.
 *
 * f(x) = x where x > 0, α·(e^(x/α) − 1) elsewhere; f'(x) = 1 where x > 0, e^(x/α) elsewhere
 *
 * @param x any shape; values in ℝ
 * @returns the shape of x; values in (−α, ∞) for a positive α
 * @throws when alpha is not positive
 * @example
 * celu([-1, 0, 2], { alpha: 2 }); // [-0.7869, 0, 2]
 * @see Barron, "Continuously Differentiable Exponential Linear Units", 2017, https://arxiv.org/abs/1704.07483
 */
export const celu: ActivationFunction<CeluOptions> = /* @__PURE__ */ elementwise<CeluOptions, [number]>(
  'celu',
  {
    value: (x, alpha) =>
      tf.where(tf.greater(x, 0), x, tf.mul(tf.expm1(tf.div(negativePart(x), alpha)), alpha)),
    gradient: (dy, x, alpha) => tf.mul(dy, tf.exp(tf.div(negativePart(x), alpha))),
    keeps: 'x',
    parameters: ({ alpha = 1 }) => [alpha],
  },
  { alpha: positive },
);
