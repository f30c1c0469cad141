import type * as tf from '@tensorflow/tfjs-core';

/** A metric: a mean over the examples of a batch, or NaN if labels or predictions are invalid. */
export type Metric<Y = tf.Tensor, O = tf.Tensor> = (labels: Y, predictions: O) => tf.Tensor;
