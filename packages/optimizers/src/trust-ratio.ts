import * as tf from '@tensorflow/tfjs-core';
import { scaledNorm } from './scaled-norm';

/** The Euclidean norm of a tensor. */
export const norm = (x: tf.Tensor): tf.Scalar => {
  const { peak, root } = scaledNorm([x]);
  return tf.mul(peak, root);
};

/** A ratio of norms, and 1 where any of some norms is 0, so that parameters can leave 0. */
export function ratioOrOne(numerator: tf.Tensor, divisor: tf.Tensor, norms: tf.Tensor[]): tf.Tensor {
  const isDefined = norms.map((size) => tf.greater(size, 0)).reduce((a, b) => tf.logicalAnd(a, b));
  return tf.where(isDefined, tf.div(numerator, tf.where(isDefined, divisor, 1)), 1);
}
