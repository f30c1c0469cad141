import { type AveragedMetric, ratioOfClasses } from '../class-counts';

/**
 * Mean intersection over union, or Jaccard index, of the predicted and the labeled examples of a class: for segmentation.
 *
 * IoU = tp/(tp + fp + fn) for each class, in [0, 1]; NaN for a class that is neither labeled nor predicted, which averages leave out
 *
 * @param labels class indices [batch, …] such as [batch, height, width], or probabilities [batch, …, classes]; for one score per
 *   example 0 or 1
 * @param predictions scores [batch, …, classes], of which the highest is predicted; or one score per example, [batch] or
 *   [batch, 1], that is compared with `threshold`
 * @returns NaN too if a label is not a class or a score is NaN
 * @throws when the shapes do not fit, or the threshold of one score per example is missing
 * @example
 * await meanIntersectionOverUnion([0, 1, 1], [[2, 1], [2, 1], [1, 2]]); // 0.5
 * const metrics = { iou: meanIntersectionOverUnion.with({ ignoreIndex: 255 }) };
 * @see Long, Shelhamer, Darrell, "Fully Convolutional Networks for Semantic Segmentation", 2014, https://arxiv.org/abs/1411.4038, section 5
 */
export const meanIntersectionOverUnion: AveragedMetric = /* @__PURE__ */ ratioOfClasses(
  'meanIntersectionOverUnion',
  (both, predicted, labeled) => [both, predicted + labeled - both],
);
