import { count } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { meanOf } from '../mean';
import { defineMetric, type Metric } from '../metric';
import { type ClassOptions, classKinds, nanUnless, readClasses } from '../read-classes';

export interface TopKAccuracyOptions extends ClassOptions {
  /** k ≥ 1, the number of classes that a prediction names; 5 by default. */
  k?: number;
}

/**
 * The fraction of examples whose labeled class is among the k highest scores.
 *
 * accuracy = Σ wᵢ·[rank of p at yᵢ < k] / Σ wᵢ, in [0, 1]; of equal scores the first has the lower rank
 *
 * @param labels y: class indices [batch, …], or probabilities [batch, …, classes], of which the largest gives the class
 * @param predictions p: scores or probabilities [batch, …, classes]
 * @returns NaN if a label is not a class, a score is NaN, or there is no example
 * @throws when the shapes do not fit, or there are fewer than k classes
 * @example
 * await topKAccuracy([0, 1], [[2, 3, 1], [3, 0, 1]], { k: 2 }); // 0.5
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.top_k_accuracy_score.html
 */
export const topKAccuracy: Metric<TopKAccuracyOptions> = /* @__PURE__ */ defineMetric({
  name: 'topKAccuracy',
  kinds: { k: count, ...classKinds },
  measure(labels, predictions, { k = 5, ...options }: TopKAccuracyOptions) {
    const { label, scores, classes, counted } = readClasses('topKAccuracy', labels, predictions, options);
    if (k > classes) {
      throw new Error(
        `topKAccuracy: k is ${k} but there are ${classes} classes; give a k of at most ${classes}`,
      );
    }
    const indices = tf.range(0, classes, 1, 'float32');
    const column = tf.expandDims(label, -1);
    const lowest = tf.fill(scores.shape, Number.NEGATIVE_INFINITY);
    const own = tf.max(tf.where(tf.equal(column, indices), scores, lowest), -1, true);
    const isBefore = tf.logicalOr(
      tf.greater(scores, own),
      tf.logicalAnd(tf.equal(scores, own), tf.less(indices, column)),
    );
    const rank = tf.sum(tf.cast(isBefore, 'float32'), -1);
    const isNumber = tf.logicalNot(tf.any(tf.isNaN(scores), -1));
    const hit = nanUnless(isNumber, tf.less(rank, k));
    return { columns: [label, hit], ...(counted && { counted }) };
  },
  .../* @__PURE__ */ meanOf(([, hit], i) => hit![i]!),
});
