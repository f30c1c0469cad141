import { meanOf } from '../mean';
import { defineMetric, type Metric } from '../metric';
import { readNumbers } from './read-numbers';

const mean = /* @__PURE__ */ meanOf(([y, p], i) => (p![i]! - y![i]!) ** 2);

/**
 * Root mean squared error, in units of the labels.
 *
 * RMSE = √(Σ wᵢ·(pᵢ − yᵢ)² / Σ wᵢ), ≥ 0
 *
 * @param labels y: any shape, values in ℝ
 * @param predictions p: the shape of the labels
 * @returns NaN if a label or prediction is NaN, or there is none
 * @throws when the shapes differ
 * @example
 * await rootMeanSquaredError([1, 2], [1, 4]); // √2
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.root_mean_squared_error.html
 */
export const rootMeanSquaredError: Metric = /* @__PURE__ */ defineMetric({
  name: 'rootMeanSquaredError',
  kinds: {},
  measure: (labels, predictions) => ({ columns: readNumbers('rootMeanSquaredError', labels, predictions) }),
  ...mean,
  result: (state) => Math.sqrt(mean.result(state)),
});
