import { type AveragedMetric, ratioOfClasses } from '../class-counts';

/**
 * F₁ score: the harmonic mean of precision and recall.
 *
 * F₁ = 2·tp/(2·tp + fp + fn) for each class, in [0, 1]; NaN for a class that is neither labeled nor predicted, which averages leave out
 *
 * @param labels class indices [batch, …] or probabilities [batch, …, classes]; for one score per example 0 or 1
 * @param predictions scores [batch, …, classes], of which the highest is predicted; or one score per example, [batch] or
 *   [batch, 1], that is compared with `threshold`
 * @returns NaN too if a label is not a class or a score is NaN
 * @throws when the shapes do not fit, or the threshold of one score per example is missing
 * @example
 * await f1([1, 0, 1], [3, 2, -1], { threshold: 0 }); // 0.5, of logits
 * await fit(model, { ...options, metrics: { f1, micro: f1.with({ average: 'micro' }) } });
 * @see https://scikit-learn.org/stable/modules/model_evaluation.html#precision-recall-f-measure-metrics, with zero_division=nan
 */
export const f1: AveragedMetric = /* @__PURE__ */ ratioOfClasses('f1', (both, predicted, labeled) => [
  2 * both,
  predicted + labeled,
]);
