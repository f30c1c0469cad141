import * as tf from '@tensorflow/tfjs-core';

/** [batch, …] as [batch, features], in row-major order. */
export const flatten = (x: tf.Tensor): tf.Tensor =>
  tf.reshape(x, [x.shape[0]!, x.size / Math.max(1, x.shape[0]!)]);
