import * as tf from '@tensorflow/tfjs-core';
import { type ReductionOptions, reduce } from './reduction';
import { type Input, sameShape } from './shapes';

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
export function meanSquaredError(
  labels: Input,
  predictions: Input,
  options: ReductionOptions = {},
): tf.Tensor {
  return tf.tidy(() => {
    const [y, p] = sameShape('meanSquaredError', labels, predictions, 'predictions');
    return reduce('meanSquaredError', tf.square(tf.sub(p, y)), options);
  });
}
