import { nonNegative } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { type ActivationFunction, elementwise } from './elementwise';
import { where } from './piecewise';

export interface HardShrinkOptions {
  /** Half the width of the zero range; not negative, 0.5 by default. */
  lambda?: number;
}

/**
 * Hard shrinkage: sets values near zero to zero and keeps the others.
 *
 * f(x) = x where |x| > λ, 0 elsewhere; f'(x) = 1 where |x| > λ, 0 elsewhere
 *
 * @param x any shape; values in ℝ
 * @returns the shape of x; values in ℝ
 * @throws when lambda is negative
 * @example
 * hardShrink([-2, 0.3, 1]); // [-2, 0, 1]
 * @see Donoho, Johnstone, "Ideal spatial adaptation by wavelet shrinkage", 1994
 */
export const hardShrink: ActivationFunction<HardShrinkOptions> = /* @__PURE__ */ elementwise<
  HardShrinkOptions,
  [number]
>(
  'hardShrink',
  {
    value: (x, lambda) => tf.where(tf.lessEqual(tf.abs(x), lambda), tf.zerosLike(x), x),
    gradient: (dy, x, lambda) => where(tf.greater(tf.abs(x), lambda), dy),
    keeps: 'x',
    parameters: ({ lambda = 0.5 }) => [lambda],
  },
  { lambda: nonNegative },
);
