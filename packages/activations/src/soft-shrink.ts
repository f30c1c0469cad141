import { nonNegative } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { type ActivationFunction, elementwise } from './elementwise';
import { where } from './piecewise';

export interface SoftShrinkOptions {
  /** Half the width of the zero range; not negative, 0.5 by default. */
  lambda?: number;
}

/**
 * Soft shrinkage: moves every value toward zero by lambda; the proximal operator of λ·|x|.
 *
 * f(x) = x − λ where x > λ, x + λ where x < −λ, 0 between; f'(x) = 1 where |x| > λ, 0 elsewhere
 *
 * @param x any shape; values in ℝ
 * @returns the shape of x; values in ℝ
 * @throws when lambda is negative
 * @example
 * softShrink([-2, 0.3, 1]); // [-1.5, 0, 0.5]
 * @see Donoho, "De-noising by soft-thresholding", 1995
 */
export const softShrink: ActivationFunction<SoftShrinkOptions> = /* @__PURE__ */ elementwise<
  SoftShrinkOptions,
  [number]
>(
  'softShrink',
  {
    value: (x, lambda) => tf.sub(x, tf.clipByValue(x, -lambda, lambda)),
    gradient: (dy, x, lambda) => where(tf.greater(tf.abs(x), lambda), dy),
    keeps: 'x',
    parameters: ({ lambda = 0.5 }) => [lambda],
  },
  { lambda: nonNegative },
);
