import { fraction, nonNegative } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { probabilities } from '../domain';
import { elementwiseLoss, type Loss } from '../loss';
import { focalTerm, timesLog } from '../math';
import type { ReductionOptions } from '../weighting';

export interface AsymmetricOptions extends ReductionOptions {
  /** γ₋ ≥ 0, how much negative labels that are predicted well are discounted; 4 by default. */
  gammaNegative?: number;
  /** γ₊ ≥ 0, how much positive labels that are predicted well are discounted; 1 by default. */
  gammaPositive?: number;
  /** m in [0, 1), the probability up to which a negative label has no loss; 0.05 by default. */
  clip?: number;
}

/**
 * Asymmetric loss of the sigmoid of logits, for several labels of which most are negative: focal, and zero for easy negatives.
 *
 * lᵢ = −y·(1 − p)^γ₊·log p − (1 − y)·q^γ₋·log(1 − q), p = σ(x), q = max(p − m, 0), m = clip
 *
 * Soft labels mix the losses of both classes. The gradient is that of the formula, as in timm; the paper's program can leave out
 * the derivative of the powers.
 *
 * @param labels y: any shape, probabilities of the positive class in [0, 1]; for other values the loss is NaN
 * @param predictions x: the shape of the labels, logits in ℝ
 * @returns a scalar, or the shape of the labels for the reduction 'none'; in nats, ≥ 0
 * @throws when the shapes differ, an option is out of range, or the weights do not fit
 * @example
 * asymmetric([1, 0], [2, -1]); // (0.0151 + 0.0006) / 2 = 0.0079
 * @see Ridnik et al., "Asymmetric Loss For Multi-Label Classification", 2020, https://arxiv.org/abs/2009.14119, section 2
 */
export const asymmetric: Loss<AsymmetricOptions> = /* @__PURE__ */ elementwiseLoss<AsymmetricOptions>(
  'asymmetric',
  (y, x, { gammaNegative = 4, gammaPositive = 1, clip = 0.05 }) => {
    const positive = focalTerm(tf.neg(x), gammaPositive);
    const negative = clip === 0 ? focalTerm(x, gammaNegative) : shifted(x, gammaNegative, clip);
    return tf.add(timesLog(y, positive), timesLog(tf.sub(1, y), negative));
  },
  { gammaNegative: nonNegative, gammaPositive: nonNegative, clip: fraction },
  { labels: probabilities },
);

/** −q^γ·log(1 − q), q = max(σ(x) − clip, 0). */
function shifted(x: tf.Tensor, gamma: number, clip: number): tf.Tensor {
  const excess = tf.sub(tf.sigmoid(x), clip);
  const isHard = tf.greater(excess, 0);
  // 1 where there is no loss: the derivative of a power of 0 may be infinite.
  const power = tf.exp(tf.mul(tf.log(tf.where(isHard, excess, tf.onesLike(x))), gamma));
  // 1 − q from the sigmoid of −x, which keeps its digits where σ(x) rounds to 1.
  const rest = tf.add(tf.sigmoid(tf.neg(x)), clip);
  return tf.mul(power, tf.neg(tf.log(tf.where(isHard, rest, tf.onesLike(x)))));
}
