import { probability } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { elementwiseLoss, type Loss } from '../loss';
import type { ReductionOptions } from '../weighting';

export interface QuantileOptions extends ReductionOptions {
  /** q in [0, 1], the quantile of the labels that the predictions estimate; 0.5 by default, the median. */
  quantile?: number;
}

/**
 * Quantile loss, also called pinball loss: minimal where a share q of the labels lies below the prediction.
 *
 * e = y − p; lᵢ = q·e where e > 0, (q − 1)·e elsewhere; dp = −q where e > 0, 1 − q where e < 0, 0 where e = 0
 *
 * @param labels y: any shape, values in ℝ
 * @param predictions p: the shape of the labels
 * @returns a scalar, or the shape of the labels for the reduction 'none'; in units of the labels, ≥ 0
 * @throws when the shapes differ, quantile is outside [0, 1], or the weights do not fit
 * @example
 * quantile([1, 1], [0, 3], { quantile: 0.9 }); // (0.9 + 0.2) / 2 = 0.55
 * @see Koenker, Bassett, "Regression Quantiles", 1978, https://doi.org/10.2307/1913643
 */
export const quantile: Loss<QuantileOptions> = /* @__PURE__ */ elementwiseLoss<QuantileOptions>(
  'quantile',
  (y, p, { quantile = 0.5 }) => {
    const error = tf.sub(y, p);
    return tf.add(tf.mul(tf.relu(error), quantile), tf.mul(tf.relu(tf.neg(error)), 1 - quantile));
  },
  { quantile: probability },
);
