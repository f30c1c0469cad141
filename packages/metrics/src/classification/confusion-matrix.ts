import { finite } from '@tenfold/checks';
import { measureClasses, predictedAt } from '../class-counts';
import { defineMetric, type Metric } from '../metric';
import { type ClassOptions, classKinds } from '../read-classes';
import type { ThresholdOptions } from './binary-accuracy';

export interface ConfusionMatrixOptions extends ClassOptions, ThresholdOptions {}

/**
 * The confusion matrix: row i and column j have the number of examples of class i that are predicted to be of class j.
 *
 * C[i][j] = Σ wₙ·[yₙ = i and argmax pₙ = j]
 *
 * @param labels y: class indices [batch, …] or probabilities [batch, …, classes]; for one score per example 0 or 1
 * @param predictions p: scores [batch, …, classes], of which the highest is predicted; or one score per example, [batch] or
 *   [batch, 1], that is compared with `threshold`
 * @returns a matrix [classes][classes], [] before the first batch; all NaN if a label is not a class or a score is NaN
 * @throws when the shapes do not fit, or the threshold of one score per example is missing
 * @example
 * await confusionMatrix([0, 1, 1], [[2, 1], [2, 1], [1, 2]]); // [[1, 0], [1, 1]]
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.confusion_matrix.html
 */
export const confusionMatrix: Metric<ConfusionMatrixOptions, number[][]> = /* @__PURE__ */ defineMetric({
  name: 'confusionMatrix',
  kinds: { threshold: finite, ...classKinds },
  measure(labels, predictions, options: ConfusionMatrixOptions) {
    const { isBinary: _, ...measured } = measureClasses('confusionMatrix', labels, predictions, options);
    return measured;
  },
  start: [] as readonly (readonly number[])[],
  add(counts, { columns, weights, size }, options) {
    const classes = Math.max(size, 2);
    const sums = Array.from({ length: classes }, (_, i) =>
      counts[i] ? [...counts[i]] : new Array<number>(classes).fill(0),
    );
    for (let i = 0; i < weights.length; i++) {
      sums[columns[0]![i]!]![predictedAt(columns, i, size, options)]! += weights[i]!;
    }
    return sums;
  },
  result: (counts) => counts.map((row) => [...row]),
});
