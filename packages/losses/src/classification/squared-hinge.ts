import * as tf from '@tensorflow/tfjs-core';
import { signs } from '../domain';
import { elementwiseLoss, type Loss } from '../loss';

/**
 * Squared hinge loss: the hinge loss with a continuous derivative, which weighs large violations more.
 *
 * lᵢ = max(1 − y·x, 0)², dx = −2·y·max(1 − y·x, 0)
 *
 * Labels are −1 and 1. Convert labels of 0 and 1 by 2·y − 1.
 *
 * @param labels y: any shape, −1 or 1; for 0 the loss is NaN
 * @param predictions x: the shape of the labels, scores in ℝ
 * @returns a scalar, or the shape of the labels for the reduction 'none'; ≥ 0
 * @throws when the shapes differ, or the weights do not fit
 * @example
 * squaredHinge([1, -1], [0.5, 2]); // (0.25 + 9) / 2 = 4.625
 * @see Tang, "Deep Learning using Linear Support Vector Machines", 2013, https://arxiv.org/abs/1306.0239
 */
export const squaredHinge: Loss = /* @__PURE__ */ elementwiseLoss(
  'squaredHinge',
  (y, x) => tf.square(tf.relu(tf.sub(1, tf.mul(y, x)))),
  {},
  { labels: signs },
);
