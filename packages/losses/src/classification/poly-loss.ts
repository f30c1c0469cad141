import { between } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { classLoss, type Loss } from '../loss';
import { logSoftmax, timesLog } from '../math';
import type { ReductionOptions } from '../weighting';

export interface PolyLossOptions extends ReductionOptions {
  /** ε₁ ≥ −1, by how much the coefficient of 1 − p differs from that in the cross-entropy; 2 by default, as in the paper for ImageNet. */
  epsilon?: number;
}

/**
 * Poly-1 loss: the cross-entropy of the softmax of logits with another first coefficient of its expansion in powers of 1 − p.
 *
 * l = Σₖ yₖ·(−log pₖ + ε₁·(1 − pₖ)), p = softmax(z)
 *
 * @param labels y: class indices [batch, …], or distributions [batch, …, classes]; for other values the loss is NaN
 * @param predictions z: [batch, …, classes], logits in ℝ, or −∞ for a class of probability 0
 * @returns a scalar, or [batch, …] for the reduction 'none'; ≥ 0
 * @throws when the shapes do not fit, there are fewer than two classes, labels in an array are not class indices, epsilon is below −1,
 *   or the weights do not fit
 * @example
 * polyLoss([1], [[0, 2]]); // 0.1269 + 2 · 0.1192 = 0.3653
 * @see Leng et al., "PolyLoss: A Polynomial Expansion Perspective of Classification Loss Functions", 2022,
 * https://arxiv.org/abs/2204.12511, section 4
 */
export const polyLoss: Loss<PolyLossOptions> = /* @__PURE__ */ classLoss<PolyLossOptions>(
  'polyLoss',
  (y, z, { epsilon = 2 }) => {
    const log = logSoftmax(z);
    const missed = tf.mul(y, tf.neg(tf.expm1(log)));
    return tf.sum(tf.sub(tf.mul(missed, epsilon), timesLog(y, log)), -1);
  },
  { epsilon: between(-1, 1e30) },
);
