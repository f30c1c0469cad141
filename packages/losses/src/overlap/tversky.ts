import { nonNegative, positive } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { Loss } from '../loss';
import type { ReductionOptions } from '../weighting';
import { overlapLoss, sumOver } from './overlap-loss';

export interface TverskyOptions extends ReductionOptions {
  /** α ≥ 0, the weight of false positives; 0.5 by default. */
  alpha?: number;
  /** β ≥ 0, the weight of false negatives; 0.5 by default. With 0.7, and 0.3 for alpha, fewer positions are missed. */
  beta?: number;
  /** Added to numerator and denominator; a positive number, 1e-5 by default. */
  smooth?: number;
}

/**
 * Tversky loss of masks: the Dice loss with separate weights of false positives and false negatives.
 *
 * l = 1 − (t + s)/(t + α·Σᵢ (1 − yᵢ)·pᵢ + β·Σᵢ yᵢ·(1 − pᵢ) + s), t = Σᵢ yᵢ·pᵢ over the positions i of an example, for each class; s = smooth
 *
 * With α = β = ½ it is the Dice loss (with half its `smooth`), with α = β = 1 that of the Jaccard index. The sums of each example and
 * class are separate; Keras sums over the whole batch.
 *
 * @param labels y: [batch, …, classes] with at least one axis in between, probabilities in [0, 1]; for other values the loss is NaN
 * @param predictions p: the shape of the labels, probabilities in [0, 1]; for others, such as logits, the loss is NaN
 * @returns a scalar, or [batch, classes] for the reduction 'none'; from 0 to 1
 * @throws when the shapes differ or have fewer than three axes, an option is out of range, or the weights do not fit
 * @example
 * tversky([[[1], [0]]], [[[0.5], [0.5]]], { alpha: 0.3, beta: 0.7 }); // 1 − 0.5/(0.5 + 0.15 + 0.35) = 0.5
 * @see Salehi, Erdogmus, Gholipour, "Tversky loss function for image segmentation using 3D fully convolutional deep networks", 2017,
 *   https://arxiv.org/abs/1706.05721, section 2.2
 */
export const tversky: Loss<TverskyOptions> = /* @__PURE__ */ overlapLoss<TverskyOptions>(
  'tversky',
  (y, p, { alpha = 0.5, beta = 0.5, smooth = 1e-5 }) => {
    const found = tf.add(sumOver(tf.mul(y, p)), smooth);
    const wrong = tf.mul(sumOver(tf.mul(tf.sub(1, y), p)), alpha);
    const missed = tf.mul(sumOver(tf.mul(y, tf.sub(1, p))), beta);
    return tf.sub(1, tf.div(found, tf.add(found, tf.add(wrong, missed))));
  },
  { alpha: nonNegative, beta: nonNegative, smooth: positive },
);
