import { finite, integer, oneOf } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { type ClassWeightOptions, classShares, classWeightKinds, readClassWeights } from '../class-weights';
import { type IgnoreOptions, type Loss, sparseLoss } from '../loss';
import type { ReductionOptions } from '../weighting';

export interface MultiMarginOptions extends ReductionOptions, ClassWeightOptions, IgnoreOptions {
  /** The power of each violation, 1 or 2; 1 by default. */
  p?: 1 | 2;
  /** m, by which the score of the right class has to exceed all others; 1 by default. */
  margin?: number;
}

/**
 * Multi-class margin loss, the hinge loss of classes: the score of the right class is to exceed each other one by a margin.
 *
 * l = (1/K)·Σⱼ max(m − x_c + xⱼ, 0)^p over the classes j ≠ c, for the class c of K
 *
 * With `classWeights`, l is multiplied by the weight of c, and the mean is divided by the sum of these weights, as for the
 * cross-entropies; PyTorch divides it by the number of examples.
 *
 * @param labels c: [batch, …], integers from 0 to classes − 1; for any other value the loss is NaN
 * @param predictions x: [batch, …, classes], scores in ℝ
 * @returns a scalar, or [batch, …] for the reduction 'none'; ≥ 0
 * @throws when the shapes do not fit, there are fewer than two classes, labels in an array are not class indices, an option is out
 *   of range, or the weights do not fit
 * @example
 * multiMargin([1], [[0.5, 1, -1]]); // (0.5 + 0) / 3 = 0.1667
 * @see Crammer, Singer, "On the Algorithmic Implementation of Multiclass Kernel-based Vector Machines", 2001,
 * https://www.jmlr.org/papers/v2/crammer01a.html
 */
export const multiMargin: Loss<MultiMarginOptions> = /* @__PURE__ */ sparseLoss<MultiMarginOptions>(
  'multiMargin',
  'scores',
  (y, x, { p = 1, margin = 1, classWeights, reduction }) => {
    const right = tf.sum(tf.mul(y, x), -1, true);
    const violations = tf.relu(tf.add(tf.sub(x, right), margin));
    const powers = p === 2 ? tf.square(violations) : violations;
    const losses = tf.mean(tf.mul(tf.sub(1, y), powers), -1);
    const w = readClassWeights('multiMargin', { classWeights, reduction }, x.shape.at(-1)!);
    if (!w) return losses;
    const shares = classShares(y, w);
    return { losses: tf.mul(losses, shares), shares };
  },
  { p: oneOf(1, 2), margin: finite, ignoreIndex: integer, ...classWeightKinds },
);
