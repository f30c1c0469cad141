import * as tf from '@tensorflow/tfjs-core';

/** Sums over the axes along which a tensor of shape `shape` was broadcast. */
export function sumTo(x: tf.Tensor, shape: number[]): tf.Tensor {
  const axes = tf.broadcast_util.getReductionAxes(shape, x.shape);
  return tf.reshape(axes.length > 0 ? tf.sum(x, axes) : x, shape);
}
