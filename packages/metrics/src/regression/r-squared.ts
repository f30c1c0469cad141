import * as tf from '@tensorflow/tfjs-core';
import { defineMetric, type Metric } from '../metric';
import { readNumbers } from './read-numbers';

/** For each output: the sum of the weights, the mean of the labels, and the sums of their squared deviations and of the squared errors. */
type Moments = readonly (readonly [weight: number, mean: number, deviation: number, error: number])[];

/**
 * R², the coefficient of determination: the fraction of the labels' variance that the predictions explain.
 *
 * R² = 1 − Σ wᵢ·(yᵢ − pᵢ)² / Σ wᵢ·(yᵢ − ȳ)², at most 1, and 0 for predictions of the mean ȳ; of several outputs, the mean of their values
 *
 * @param labels y: [batch], or [batch, …, outputs], where the last axis has separate outputs
 * @param predictions p: the shape of the labels
 * @returns NaN if the labels of an output are constant or fewer than two, or a label or prediction is NaN
 * @throws when the shapes differ, or there is no axis of examples
 * @example
 * await rSquared([1, 2, 3], [1, 2, 2]); // 0.5
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.r2_score.html
 */
export const rSquared: Metric = /* @__PURE__ */ defineMetric({
  name: 'rSquared',
  kinds: {},
  measure(labels, predictions) {
    const [y, p] = readNumbers('rSquared', labels, predictions);
    if (y.rank === 0) throw new Error('rSquared: labels are a scalar; give the labels of several examples');
    const outputs = y.rank === 1 ? 1 : y.shape.at(-1)!;
    if (outputs === 0) {
      throw new Error(`rSquared: labels have shape [${y.shape}]; give labels of at least one output`);
    }
    // A sum, because tf.broadcastTo gives values for an empty batch too.
    const zeros = tf.zerosLike(y);
    const output = y.rank === 1 ? zeros : tf.add(zeros, tf.range(0, outputs, 1, 'float32'));
    return { columns: [y, p, output], size: outputs };
  },
  start: [] as Moments,
  add(old, { columns: [y, p, output], weights, size }) {
    const all = Array.from(
      { length: size },
      (_, i) => [...(old[i] ?? [0, 0, 0, 0])] as [number, number, number, number],
    );
    for (let i = 0; i < weights.length; i++) {
      // The mean is updated by each label: sums of squares would lose the variance of labels that are far from 0.
      const moments = all[output![i]!]!;
      const [label, weight] = [y![i]!, weights[i]!];
      const distance = label - moments[1];
      moments[0] += weight;
      moments[1] += (distance * weight) / moments[0];
      moments[2] += weight * distance * (label - moments[1]);
      moments[3] += weight * (label - p![i]!) ** 2;
    }
    return all as Moments;
  },
  result(moments) {
    const values = moments.map(([, , deviation, error]) =>
      deviation > 0 ? 1 - error / deviation : Number.NaN,
    );
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  },
});
