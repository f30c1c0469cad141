import * as tf from '@tensorflow/tfjs-core';
import { probabilities } from '../domain';
import { createLoss, type Loss, ofPair } from '../loss';
import { sameLabels } from '../shapes';

/**
 * Multi-label margin loss: the score of each label of an example is to exceed that of each other label by 1.
 *
 * l = (1/K)·Σᵢ Σⱼ yᵢ·(1 − yⱼ)·max(1 − xᵢ + xⱼ, 0) over the K labels
 *
 * Labels are 0 and 1 for each label, as for `binaryCrossEntropyWithLogits`; PyTorch takes lists of indices that end with −1.
 *
 * @param labels y: [batch, …, labels], 1 where the example has the label and 0 elsewhere; for values outside [0, 1] the loss is NaN
 * @param predictions x: the shape of the labels, scores in ℝ
 * @returns a scalar, or [batch, …] for the reduction 'none'; ≥ 0
 * @throws when the shapes differ, there is no axis of labels, or the weights do not fit
 * @example
 * multiLabelMargin([[1, 0, 0]], [[0.5, 0, -1]]); // (0.5 + 0) / 3 = 0.1667
 * @see Crammer, Singer, "A Family of Additive Online Algorithms for Category Ranking", 2003,
 * https://www.jmlr.org/papers/v3/crammer03b.html
 */
export const multiLabelMargin: Loss = /* @__PURE__ */ createLoss(
  /* @__PURE__ */ ofPair(
    'multiLabelMargin',
    (y, x) => sameLabels('multiLabelMargin', y, x, 'scores'),
    1,
    (y, x) => {
      // [batch, …, i, j]
      const violations = tf.relu(tf.sub(tf.add(tf.expandDims(x, -2), 1), tf.expandDims(x, -1)));
      const pairs = tf.mul(tf.expandDims(y, -1), tf.expandDims(tf.sub(1, y), -2));
      return tf.mean(tf.sum(tf.mul(pairs, violations), -1), -1);
    },
    {},
    { labels: probabilities },
  ),
);
