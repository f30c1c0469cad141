import * as tf from '@tensorflow/tfjs-core';
import { signs } from '../domain';
import { elementwiseLoss, type Loss } from '../loss';

/**
 * Soft margin loss: the logistic loss of a score and a label of −1 or 1.
 *
 * lᵢ = log(1 + e^(−y·x)), dx = −y·σ(−y·x)
 *
 * Labels are −1 and 1. Convert labels of 0 and 1 by 2·y − 1.
 *
 * @param labels y: any shape, −1 or 1; for 0 the loss is NaN
 * @param predictions x: the shape of the labels, scores in ℝ
 * @returns a scalar, or the shape of the labels for the reduction 'none'; in nats, ≥ 0
 * @throws when the shapes differ, or the weights do not fit
 * @example
 * softMargin([1, -1], [0.5, 2]); // (0.4741 + 2.1269) / 2 = 1.3005
 * @see PyTorch, https://pytorch.org/docs/stable/generated/torch.nn.SoftMarginLoss.html
 */
export const softMargin: Loss = /* @__PURE__ */ elementwiseLoss(
  'softMargin',
  (y, x) => tf.softplus(tf.neg(tf.mul(y, x))),
  {},
  { labels: signs },
);
