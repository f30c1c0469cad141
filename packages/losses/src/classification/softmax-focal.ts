import { nonNegative } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { type ClassWeightOptions, classShares, classWeightKinds, readClassWeights } from '../class-weights';
import { classLoss, type Loss } from '../loss';
import { logSoftmax, timesLog } from '../math';
import type { ReductionOptions } from '../weighting';

export interface SoftmaxFocalOptions extends ReductionOptions, ClassWeightOptions {
  /** γ ≥ 0, how much examples that are predicted well are discounted; 2 by default. */
  gamma?: number;
}

/**
 * Focal loss of the softmax of logits: cross-entropy of classes that is discounted for examples that are predicted well.
 *
 * l = −Σₖ αₖ·yₖ·(1 − pₖ)^γ·log pₖ, p = softmax(z), α = classWeights
 *
 * The paper's α weights the classes, as `classWeights` does; a single α would only scale the loss.
 *
 * @param labels y: class indices [batch, …], or distributions [batch, …, classes]; for other values the loss is NaN
 * @param predictions z: [batch, …, classes], logits in ℝ, or −∞ for a class of probability 0
 * @returns a scalar, or [batch, …] for the reduction 'none'; in nats, ≥ 0
 * @throws when the shapes do not fit, there are fewer than two classes, labels in an array are not class indices, an option is out
 *   of range, or the weights do not fit
 * @example
 * softmaxFocal([1], [[0, 2]]); // 0.1192² · 0.1269 = 0.0018
 * @see Lin et al., "Focal Loss for Dense Object Detection", 2017, https://arxiv.org/abs/1708.02002, section 3
 */
export const softmaxFocal: Loss<SoftmaxFocalOptions> = /* @__PURE__ */ classLoss<SoftmaxFocalOptions>(
  'softmaxFocal',
  (y, z, { gamma = 2, classWeights, reduction }) => {
    const log = logSoftmax(z);
    const missed = tf.neg(tf.expm1(log));
    // (1 − p)^γ as an exponential. Where 1 − p rounds to 0, so do loss and gradient.
    const isMissed = tf.greater(missed, 0);
    const power = tf.exp(tf.mul(tf.log(tf.where(isMissed, missed, tf.onesLike(missed))), gamma));
    const discount = gamma === 0 ? tf.onesLike(missed) : tf.where(isMissed, power, tf.zerosLike(missed));
    const losses = timesLog(tf.mul(y, discount), log);
    const w = readClassWeights('softmaxFocal', { classWeights, reduction }, z.shape.at(-1)!);
    return w
      ? { losses: tf.neg(tf.sum(tf.mul(losses, w), -1)), shares: classShares(y, w) }
      : tf.neg(tf.sum(losses, -1));
  },
  { gamma: nonNegative, ...classWeightKinds },
);
