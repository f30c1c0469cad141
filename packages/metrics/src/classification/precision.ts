import { type AveragedMetric, ratioOfClasses } from '../class-counts';

/**
 * Precision: of the examples that are predicted to be of a class, the fraction that is.
 *
 * precision = tp/(tp + fp) for each class, in [0, 1]; NaN for a class that is never predicted, which averages leave out
 *
 * @param labels class indices [batch, …] or probabilities [batch, …, classes]; for one score per example 0 or 1
 * @param predictions scores [batch, …, classes], of which the highest is predicted; or one score per example, [batch] or
 *   [batch, 1], that is compared with `threshold`
 * @returns NaN too if a label is not a class or a score is NaN
 * @throws when the shapes do not fit, or the threshold of one score per example is missing
 * @example
 * await precision([1, 0, 1], [3, 2, -1], { threshold: 0 }); // 0.5, of logits
 * await precision([0, 1, 1], [[2, 1], [2, 1], [1, 2]], { average: 'none' }); // [0.5, 1]
 * @see https://scikit-learn.org/stable/modules/model_evaluation.html#precision-recall-f-measure-metrics, with zero_division=nan
 */
export const precision: AveragedMetric = /* @__PURE__ */ ratioOfClasses('precision', (both, predicted) => [
  both,
  predicted,
]);
