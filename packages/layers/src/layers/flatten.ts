import * as tf from '@tensorflow/tfjs-core';
import { ofTensor } from '../ops/input-tensor';

/**
 * Reshapes [batch, …] to [batch, features], in row-major order.
 *
 * @throws when the input is a scalar
 * @example
 * flatten(tf.zeros([2, 3, 4])); // [2, 12]
 */
export const flatten: (x: tf.Tensor) => tf.Tensor = ofTensor('flatten', (x) => {
  if (x.rank === 0) throw new Error('flatten: the input is a scalar; give a batch [batch, …]');
  return tf.reshape(x, [x.shape[0]!, tf.util.sizeFromShape(x.shape.slice(1))]);
});
