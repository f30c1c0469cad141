import * as tf from '@tensorflow/tfjs-core';

/**
 * The values where a condition holds, NaN elsewhere: wrong values in a tensor cannot be an error without reading it back from the
 * device, and they must not become a loss that looks like one. A product, so that gradients of every order are NaN as well.
 */
export const nanUnless = (condition: tf.Tensor, values: tf.Tensor): tf.Tensor =>
  tf.mul(values, tf.where(condition, tf.onesLike(values), tf.fill(values.shape, Number.NaN)));

/** The values in [0, 1], NaN for others. A softmax may exceed 1 by a rounding error. */
export const probabilities = (x: tf.Tensor): tf.Tensor =>
  nanUnless(tf.logicalAnd(tf.greaterEqual(x, 0), tf.lessEqual(x, 1 + 1e-5)), x);

/** Labels of −1 and 1; NaN for 0, which stands for a class in other losses. */
export const signs = (labels: tf.Tensor): tf.Tensor => nanUnless(tf.notEqual(labels, 0), labels);
