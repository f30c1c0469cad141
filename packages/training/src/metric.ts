import type * as tf from '@tensorflow/tfjs-core';

/** A quantity of one batch, averaged over the examples; NaN where labels or predictions make no sense. */
export type Metric<Y = tf.Tensor, O = tf.Tensor> = (labels: Y, predictions: O) => tf.Tensor;
