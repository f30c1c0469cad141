import type { Metric } from '../metric';
import { ofSortedScores } from '../score-lists';

/**
 * Average precision: the area under the curve of precision over recall, as a sum of steps.
 *
 * AP = Σₖ (Rₖ − Rₖ₋₁)·Pₖ over the distinct scores k from the highest, with precision Pₖ and recall Rₖ of the examples that have at least this score
 *
 * The value is exact. It needs the scores of all examples, which the accumulator keeps.
 *
 * @param labels 0 or 1, [batch] or [batch, 1]
 * @param predictions one score per example, [batch] or [batch, 1], such as logits or probabilities
 * @returns in (0, 1]; NaN if no example has label 1, where scikit-learn gives 0; a label is neither 0 nor 1; or a score is NaN
 * @throws when the shapes do not fit
 * @example
 * await averagePrecision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]); // 0.8333
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.average_precision_score.html
 */
export const averagePrecision: Metric = /* @__PURE__ */ ofSortedScores('averagePrecision', (groups) => {
  let [right, all, sum] = [0, 0, 0];
  for (const { positive, negative } of groups) {
    right += positive;
    all += positive + negative;
    sum += (positive * right) / all;
  }
  return sum / right;
});
