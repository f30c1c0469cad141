import { nonNegative, probability } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { probabilities } from '../domain';
import { elementwiseLoss, type Loss } from '../loss';
import { focalTerm, timesLog } from '../math';
import type { ReductionOptions } from '../weighting';

export interface SigmoidFocalOptions extends ReductionOptions {
  /** α in [0, 1], the weight of positive labels; negative ones weigh 1 − α. 0.25 by default. */
  alpha?: number;
  /** γ ≥ 0, how much examples that are predicted well are discounted; 2 by default. */
  gamma?: number;
}

/**
 * Focal loss of the sigmoid of logits: cross-entropy that is discounted for examples that are predicted well.
 *
 * lᵢ = α·y·(1 − p)^γ·log(1 + e^(−x)) + (1 − α)·(1 − y)·p^γ·log(1 + e^x), p = σ(x)
 *
 * Soft labels mix the losses of both classes. It is torchvision's `sigmoid_focal_loss` for labels of 0 and 1.
 *
 * @param labels y: any shape, probabilities of the positive class in [0, 1]; for other values the loss is NaN
 * @param predictions x: the shape of the labels, logits in ℝ
 * @returns a scalar, or the shape of the labels for the reduction 'none'; in nats, ≥ 0
 * @throws when the shapes differ, an option is out of range, or the weights do not fit
 * @example
 * sigmoidFocal([1, 0], [2, -1]); // (0.00045 + 0.0170) / 2 = 0.0087
 * @see Lin et al., "Focal Loss for Dense Object Detection", 2017, https://arxiv.org/abs/1708.02002, section 3
 */
export const sigmoidFocal: Loss<SigmoidFocalOptions> = /* @__PURE__ */ elementwiseLoss<SigmoidFocalOptions>(
  'sigmoidFocal',
  (y, x, { alpha = 0.25, gamma = 2 }) => {
    const positive = timesLog(tf.mul(y, alpha), focalTerm(tf.neg(x), gamma));
    return tf.add(positive, timesLog(tf.mul(tf.sub(1, y), 1 - alpha), focalTerm(x, gamma)));
  },
  { alpha: probability, gamma: nonNegative },
  { labels: probabilities },
);
