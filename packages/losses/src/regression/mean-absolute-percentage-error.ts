import { positive } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { elementwiseLoss, type Loss } from '../loss';
import type { ReductionOptions } from '../weighting';

export interface MeanAbsolutePercentageErrorOptions extends ReductionOptions {
  /** The smallest size of a label that it is divided by, in units of the labels; 1e-7 by default. */
  epsilon?: number;
}

/**
 * Mean absolute percentage error: the error in percent of the label.
 *
 * lᵢ = 100·|p − y| / max(|y|, ε), dp = 100·sign(p − y) / max(|y|, ε)
 *
 * @param labels y: any shape, values in ℝ
 * @param predictions p: the shape of the labels
 * @returns a scalar, or the shape of the labels for the reduction 'none'; in percent, ≥ 0
 * @throws when the shapes differ, epsilon is not positive, or the weights do not fit
 * @example
 * meanAbsolutePercentageError([2, -4], [1, -5]); // (50 + 25) / 2 = 37.5
 * @see Keras, https://keras.io/api/losses/regression_losses/#meanabsolutepercentageerror-class
 */
export const meanAbsolutePercentageError: Loss<MeanAbsolutePercentageErrorOptions> =
  /* @__PURE__ */ elementwiseLoss<MeanAbsolutePercentageErrorOptions>(
    'meanAbsolutePercentageError',
    (y, p, { epsilon = 1e-7 }) => {
      const error = tf.sub(p, y);
      const size = tf.maximum(tf.mul(y, tf.sign(y)), epsilon);
      return tf.mul(tf.div(tf.mul(error, tf.sign(error)), size), 100);
    },
    { epsilon: positive },
  );
