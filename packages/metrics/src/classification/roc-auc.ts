import type { Metric } from '../metric';
import { ofSortedScores } from '../score-lists';

/**
 * The area under the receiver operating characteristic: the probability that an example of label 1 has a higher score than one of
 * label 0, where equal scores count one half.
 *
 * AUC = Σᵢⱼ wᵢ·wⱼ·([pᵢ > pⱼ] + ½·[pᵢ = pⱼ]) / Σᵢⱼ wᵢ·wⱼ over the examples i of label 1 and j of label 0, in [0, 1]
 *
 * The value is exact. It needs the scores of all examples, which the accumulator keeps.
 *
 * @param labels y: 0 or 1, [batch] or [batch, 1]
 * @param predictions p: one score per example, [batch] or [batch, 1], such as logits or probabilities
 * @returns NaN if there are only examples of one label, a label is neither 0 nor 1, or a score is NaN
 * @throws when the shapes do not fit
 * @example
 * await rocAuc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]); // 0.75
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.roc_auc_score.html
 */
export const rocAuc: Metric = /* @__PURE__ */ ofSortedScores('rocAuc', (groups) => {
  let [above, area, positives] = [0, 0, 0];
  for (const { positive, negative } of groups) {
    area += negative * (above + positive / 2);
    above += positive;
  }
  positives = above;
  return area / (positives * groups.reduce((sum, { negative }) => sum + negative, 0));
});
