import * as tf from '@tensorflow/tfjs-core';
import { aboveMinusOne } from '../domain';
import { elementwiseLoss, type Loss } from '../loss';

/**
 * Mean squared logarithmic error: penalizes the ratio of prediction and label, for quantities that span orders of magnitude.
 *
 * lᵢ = (log(1 + p) − log(1 + y))², dp = 2·(log(1 + p) − log(1 + y)) / (1 + p)
 *
 * @param labels y: any shape, values above −1; below, the loss is NaN
 * @param predictions p: the shape of the labels, values above −1; below, the loss is NaN
 * @returns a scalar, or the shape of the labels for the reduction 'none'; ≥ 0
 * @throws when the shapes differ, or the weights do not fit
 * @example
 * meanSquaredLogarithmicError([0, 9], [1, 9]); // (0.4805 + 0) / 2 = 0.2402
 * @see Keras, https://keras.io/api/losses/regression_losses/#meansquaredlogarithmicerror-class
 */
export const meanSquaredLogarithmicError: Loss = /* @__PURE__ */ elementwiseLoss(
  'meanSquaredLogarithmicError',
  (y, p) => tf.square(tf.sub(tf.log1p(p), tf.log1p(y))),
  {},
  { labels: aboveMinusOne, predictions: aboveMinusOne },
);
