import * as tf from '@tensorflow/tfjs-core';
import { ofTensor } from '../ops/input-tensor';

/**
 * [batch, …] as [batch, features], in row-major order.
 *
 * @example
 * flatten(tf.zeros([2, 3, 4])); // [2, 12]
 */
export const flatten: (x: tf.Tensor) => tf.Tensor = ofTensor('flatten', (x) =>
  tf.reshape(x, [x.shape[0]!, tf.util.sizeFromShape(x.shape.slice(1))]),
);
