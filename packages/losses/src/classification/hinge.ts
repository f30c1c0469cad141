import * as tf from '@tensorflow/tfjs-core';
import { signs } from '../domain';
import { elementwiseLoss, type Loss } from '../loss';

/**
 * Hinge loss of a maximum-margin classifier: zero once the score of the right sign is at least 1.
 *
 * lᵢ = max(1 − y·x, 0), dx = −y where y·x < 1, 0 elsewhere
 *
 * Labels are −1 and 1. Convert labels of 0 and 1 by 2·y − 1.
 *
 * @param labels y: any shape, −1 or 1; for 0 the loss is NaN
 * @param predictions x: the shape of the labels, scores in ℝ
 * @returns a scalar, or the shape of the labels for the reduction 'none'; ≥ 0
 * @throws when the shapes differ, or the weights do not fit
 * @example
 * hinge([1, -1], [0.5, 2]); // (0.5 + 3) / 2 = 1.75
 * @see Cortes, Vapnik, "Support-Vector Networks", 1995
 */
export const hinge: Loss = /* @__PURE__ */ elementwiseLoss(
  'hinge',
  (y, x) => tf.relu(tf.sub(1, tf.mul(y, x))),
  {},
  { labels: signs },
);
