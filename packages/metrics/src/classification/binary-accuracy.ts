import { finite } from '@tenfold/checks';
import { meanOf } from '../mean';
import { defineMetric, type Metric } from '../metric';
import { readBinary, requireThreshold } from '../read-classes';

export interface ThresholdOptions {
  /**
   * With one score per example, the score above which it counts as 1: 0 for logits, 0.5 for probabilities. Required there, and an error
   * for scores of several classes.
   */
  threshold?: number;
}

/**
 * The fraction of examples whose score is on the correct side of a threshold.
 *
 * accuracy = Σ wᵢ·[(pᵢ > threshold) = yᵢ] / Σ wᵢ, in [0, 1]
 *
 * @param labels y: 0 or 1, [batch] or [batch, 1]
 * @param predictions p: one score per example, [batch] or [batch, 1]: logits, or probabilities
 * @returns NaN if a label is neither 0 nor 1, a score is NaN, or there is no example
 * @throws when the numbers of labels and scores differ, or the threshold is missing
 * @example
 * await binaryAccuracy([1, 0], [[2.5], [-1]], { threshold: 0 }); // 1
 * const metrics = { accuracy: binaryAccuracy.with({ threshold: 0.5 }) };
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.accuracy_score.html
 */
export const binaryAccuracy: Metric<ThresholdOptions> = /* @__PURE__ */ defineMetric({
  name: 'binaryAccuracy',
  kinds: { threshold: finite },
  measure(labels, predictions, { threshold }: ThresholdOptions) {
    const { label, score } = readBinary('binaryAccuracy', labels, predictions);
    requireThreshold('binaryAccuracy', threshold);
    return { columns: [label, score] };
  },
  .../* @__PURE__ */ meanOf<ThresholdOptions>(([label, score], i, { threshold }) =>
    Number(score![i]! > Math.fround(threshold!) === (label![i] === 1)),
  ),
});
