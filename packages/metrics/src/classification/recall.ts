import { type AveragedMetric, ratioOfClasses } from '../class-counts';

/**
 * Recall, or sensitivity: of the examples of a class, the fraction that is predicted to be. Its macro average is the balanced accuracy.
 *
 * recall = tp/(tp + fn) for each class, in [0, 1]; NaN for a class without examples, which averages leave out
 *
 * @param labels class indices [batch, …] or probabilities [batch, …, classes]; for one score per example 0 or 1
 * @param predictions scores [batch, …, classes], of which the highest is predicted; or one score per example, [batch] or
 *   [batch, 1], that is compared with `threshold`
 * @returns NaN too if a label is not a class or a score is NaN
 * @throws when the shapes do not fit, or the threshold of one score per example is missing
 * @example
 * await recall([1, 0, 1], [3, 2, -1], { threshold: 0 }); // 0.5, of logits
 * await recall([0, 1, 1], [[2, 1], [2, 1], [1, 2]], { average: 'none' }); // [1, 0.5]
 * @see https://scikit-learn.org/stable/modules/model_evaluation.html#precision-recall-f-measure-metrics, with zero_division=nan
 */
export const recall: AveragedMetric = /* @__PURE__ */ ratioOfClasses('recall', (both, _, labeled) => [
  both,
  labeled,
]);
