import { flag, positive } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { Loss } from '../loss';
import type { ReductionOptions } from '../weighting';
import { overlapLoss, sumOver } from './overlap-loss';

export interface DiceOptions extends ReductionOptions {
  /** Added to numerator and denominator, so that an empty mask that is predicted empty has the loss 0; a positive number, 1e-5 by default. */
  smooth?: number;
  /** Whether labels and predictions are squared in the denominator, as in V-Net; false by default. */
  squared?: boolean;
}

/**
 * Dice loss of masks: 1 minus the Dice coefficient, or F1, of the predicted probabilities, for segments that are small.
 *
 * l = 1 − (2·Σᵢ yᵢ·pᵢ + s)/(Σᵢ yᵢ + Σᵢ pᵢ + s) over the positions i of an example, for each class; s = smooth
 *
 * The sums of each example and class are separate, as in MONAI; Keras sums over the whole batch. Give the mask of a single class a last
 * axis of size 1.
 *
 * @param labels y: [batch, …, classes] with at least one axis in between, probabilities in [0, 1]; for other values the loss is NaN
 * @param predictions p: the shape of the labels, probabilities in [0, 1]; for others, such as logits, the loss is NaN
 * @returns a scalar, or [batch, classes] for the reduction 'none'; from 0 to 1
 * @throws when the shapes differ or have fewer than three axes, smooth is not positive, or the weights do not fit
 * @example
 * dice([[[1], [0]]], [[[0.5], [0.5]]]); // 1 − 1/2 = 0.5
 * @see Milletari, Navab, Ahmadi, "V-Net: Fully Convolutional Neural Networks for Volumetric Medical Image Segmentation", 2016,
 *   https://arxiv.org/abs/1606.04797, section 3
 */
export const dice: Loss<DiceOptions> = /* @__PURE__ */ overlapLoss<DiceOptions>(
  'dice',
  (y, p, { smooth = 1e-5, squared = false }) => {
    const both = tf.mul(sumOver(tf.mul(y, p)), 2);
    const [labels, predictions] = squared ? [tf.square(y), tf.square(p)] : [y, p];
    const all = tf.add(sumOver(labels), sumOver(predictions));
    return tf.sub(1, tf.div(tf.add(both, smooth), tf.add(all, smooth)));
  },
  { smooth: positive, squared: flag },
);
