import { meanOf } from '../mean';
import { defineMetric, type Metric } from '../metric';
import { readNumbers } from './read-numbers';

/**
 * Mean absolute error, in units of the labels.
 *
 * MAE = Σ wᵢ·|pᵢ − yᵢ| / Σ wᵢ, ≥ 0
 *
 * @param labels y: any shape, values in ℝ
 * @param predictions p: the shape of the labels
 * @returns NaN if a label or prediction is NaN, or there is none
 * @throws when the shapes differ
 * @example
 * await meanAbsoluteError([1, 2], [1, 4]); // 1
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.mean_absolute_error.html
 */
export const meanAbsoluteError: Metric = /* @__PURE__ */ defineMetric({
  name: 'meanAbsoluteError',
  kinds: {},
  measure: (labels, predictions) => ({ columns: readNumbers('meanAbsoluteError', labels, predictions) }),
  .../* @__PURE__ */ meanOf(([y, p], i) => Math.abs(p![i]! - y![i]!)),
});
