import { positive } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { elementwiseLoss, type Loss } from '../loss';
import type { ReductionOptions } from '../weighting';

export interface HuberOptions extends ReductionOptions {
  /** δ > 0, the error above which the loss grows linearly, in units of the labels; 1 by default. */
  delta?: number;
}

/**
 * Huber loss: quadratic for small errors and linear for large ones, so that outliers have less influence.
 *
 * e = |p − y|; lᵢ = e²/2 where e ≤ δ, δ·(e − δ/2) elsewhere; dp = max(−δ, min(δ, p − y))
 *
 * @param labels y: any shape, values in ℝ
 * @param predictions p: the shape of the labels
 * @returns a scalar, or the shape of the labels for the reduction 'none'; in squared units of the labels, ≥ 0
 * @throws when the shapes differ, delta is not positive, or the weights do not fit
 * @example
 * huber([0, 0], [0.5, 3]); // (0.125 + 2.5) / 2 = 1.3125
 * @see Huber, "Robust Estimation of a Location Parameter", 1964, https://doi.org/10.1214/aoms/1177703732, section 4
 */
export const huber: Loss<HuberOptions> = /* @__PURE__ */ elementwiseLoss<HuberOptions>(
  'huber',
  (y, p, { delta = 1 }) => {
    const error = tf.sub(p, y);
    // The part of the error within ±δ: l = inner·(error − inner/2).
    const inner = tf.clipByValue(error, -delta, delta);
    return tf.mul(inner, tf.sub(error, tf.mul(inner, 0.5)));
  },
  { delta: positive },
);
