import { finite } from '@tenfold/checks';
import { meanOf } from '../mean';
import { defineMetric, type Metric } from '../metric';
import { readBinary } from '../read-classes';

export interface ThresholdOptions {
  /** The score above which an example counts as 1: 0 by default, for logits. Use 0.5 for probabilities. */
  threshold?: number;
}

/**
 * The fraction of examples whose score is on the correct side of a threshold.
 *
 * accuracy = Σ wᵢ·[(pᵢ > threshold) = yᵢ] / Σ wᵢ, in [0, 1]
 *
 * @param labels y: 0 or 1, [batch] or [batch, 1]
 * @param predictions p: logits [batch] or [batch, 1], or probabilities with the threshold 0.5
 * @returns NaN if a label is neither 0 nor 1, a score is NaN, or there is no example
 * @throws when the numbers of labels and scores differ
 * @example
 * await binaryAccuracy([1, 0], [[2.5], [-1]]); // 1
 * const metrics = { accuracy: binaryAccuracy.with({ threshold: 0.5 }) };
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.accuracy_score.html
 */
export const binaryAccuracy: Metric<ThresholdOptions> = /* @__PURE__ */ defineMetric({
  name: 'binaryAccuracy',
  kinds: { threshold: finite },
  measure(labels, predictions, _: ThresholdOptions) {
    const { label, score } = readBinary('binaryAccuracy', labels, predictions);
    return { columns: [label, score] };
  },
  .../* @__PURE__ */ meanOf<ThresholdOptions>(([label, score], i, { threshold = 0 }) =>
    Number(score![i]! > Math.fround(threshold) === (label![i] === 1)),
  ),
});
