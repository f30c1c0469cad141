import * as tf from '@tensorflow/tfjs-core';
import { elementwiseLoss, type Loss } from '../loss';

/**
 * Mean squared error.
 *
 * lᵢ = (pᵢ − yᵢ)², reduced to (1/n)·Σᵢ lᵢ by default; dp = 2·(p − y)/n
 *
 * @param labels y: any shape, values in ℝ
 * @param predictions p: the shape of the labels
 * @returns a scalar, or the shape of the labels for the reduction 'none'; in squared units of the labels, ≥ 0
 * @throws when the shapes differ or the weights do not fit
 * @example
 * meanSquaredError([1, 2], [1, 4]); // 2
 * @see Goodfellow, Bengio, Courville, "Deep Learning", 2016, section 5.1.4
 */
export const meanSquaredError: Loss = /* @__PURE__ */ elementwiseLoss(
  'meanSquaredError',
  (y, p) => tf.square(tf.sub(p, y)),
  {},
);
