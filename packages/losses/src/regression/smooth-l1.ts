import { positive } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { elementwiseLoss, type Loss } from '../loss';
import type { ReductionOptions } from '../weighting';

export interface SmoothL1Options extends ReductionOptions {
  /** β > 0, the error above which the loss grows linearly, in units of the labels; 1 by default. */
  beta?: number;
}

/**
 * Smooth L1 loss: the Huber loss over β; its slope for large errors is 1 for every β.
 *
 * e = |p − y|; lᵢ = e²/(2β) where e ≤ β, e − β/2 elsewhere; dp = max(−1, min(1, (p − y)/β))
 *
 * @param labels y: any shape, values in ℝ
 * @param predictions p: the shape of the labels
 * @returns a scalar, or the shape of the labels for the reduction 'none'; in units of the labels, ≥ 0
 * @throws when the shapes differ, beta is not positive, or the weights do not fit
 * @example
 * smoothL1([0, 0], [0.5, 3], { beta: 2 }); // (0.0625 + 2) / 2 = 1.03125
 * @see Girshick, "Fast R-CNN", 2015, https://arxiv.org/abs/1504.08083, equation 3
 */
export const smoothL1: Loss<SmoothL1Options> = /* @__PURE__ */ elementwiseLoss<SmoothL1Options>(
  'smoothL1',
  (y, p, { beta = 1 }) => {
    const error = tf.sub(p, y);
    const inner = tf.clipByValue(error, -beta, beta);
    return tf.div(tf.mul(inner, tf.sub(error, tf.mul(inner, 0.5))), beta);
  },
  { beta: positive },
);
