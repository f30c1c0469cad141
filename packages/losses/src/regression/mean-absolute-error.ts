import * as tf from '@tensorflow/tfjs-core';
import { elementwiseLoss, type Loss } from '../loss';

/**
 * Mean absolute error: the median of the labels minimizes it, so outliers have less influence than on the squared error.
 *
 * lᵢ = |p − y|; dp = sign(p − y), 0 where they are equal
 *
 * @param labels y: any shape, values in ℝ
 * @param predictions p: the shape of the labels
 * @returns a scalar, or the shape of the labels for the reduction 'none'; in units of the labels, ≥ 0
 * @throws when the shapes differ, or the weights do not fit
 * @example
 * meanAbsoluteError([0, 0], [1, -3]); // (1 + 3) / 2 = 2
 * @see Willmott, Matsuura, "Advantages of the mean absolute error (MAE) over the root mean square error (RMSE)", 2005
 */
export const meanAbsoluteError: Loss = /* @__PURE__ */ elementwiseLoss(
  'meanAbsoluteError',
  (y, p) => {
    const error = tf.sub(p, y);
    // The derivative of sign is 0, so that of the product is sign.
    return tf.mul(error, tf.sign(error));
  },
  {},
);
