import { meanOf } from '../mean';
import { defineMetric, type Metric } from '../metric';
import { type ClassOptions, classKinds, predictedClass, readClasses } from '../read-classes';

/**
 * The fraction of examples whose highest score is that of the labeled class.
 *
 * accuracy = Σ wᵢ·[argmax pᵢ = yᵢ] / Σ wᵢ, in [0, 1]; of equal scores the first counts
 *
 * @param labels y: class indices [batch, …], or probabilities [batch, …, classes], of which the largest gives the class
 * @param predictions p: scores or probabilities [batch, …, classes] of at least two classes
 * @returns NaN if a label is not a class (out of range, NaN or a fraction), a score is NaN, or there is no example
 * @throws when the shapes do not fit, or there is only one class; for one score per example, use `binaryAccuracy`
 * @example
 * await accuracy([0, 1], [[2, 1], [3, 0]]); // 0.5
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.accuracy_score.html
 */
export const accuracy: Metric<ClassOptions> = /* @__PURE__ */ defineMetric({
  name: 'accuracy',
  kinds: classKinds,
  measure(labels, predictions, options: ClassOptions) {
    const { label, scores, counted } = readClasses('accuracy', labels, predictions, options);
    return { columns: [label, predictedClass(scores)], ...(counted && { counted }) };
  },
  .../* @__PURE__ */ meanOf(([label, predicted], i) => Number(label![i] === predicted![i])),
});
