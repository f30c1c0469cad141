import * as tf from '@tensorflow/tfjs-core';

/** The smallest number that float32 holds in full precision. */
const TINY = 1.1754944e-38;

/**
 * f(x), whose gradient is taken as zero: for piecewise constant functions, and for shifts that do not change the result.
 */
export const constant = (x: tf.Tensor, f: (x: tf.Tensor) => tf.Tensor): tf.Tensor =>
  tf.customGrad((x) => ({
    value: f(x as tf.Tensor),
    gradFunc: () => tf.zerosLike(x as tf.Tensor),
  }))(x);

/** The logarithm of the softmax along the last axis, with gradients of every order; −∞ for a logit of −∞. */
export function logSoftmax(logits: tf.Tensor): tf.Tensor {
  const shifted = tf.sub(
    logits,
    constant(logits, (z) => tf.max(z, -1, true)),
  );
  return tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), -1, true)));
}

/**
 * x·y, but 0 where x is 0 and y is −∞: a class of probability 0 adds nothing. The gradient for x is y elsewhere, also where x is 0.
 */
export const timesLog = (x: tf.Tensor, y: tf.Tensor): tf.Tensor => {
  const skipped = tf.logicalAnd(tf.equal(x, 0), tf.less(y, -3.4e38));
  return tf.mul(x, tf.where(skipped, tf.zerosLike(y), y));
};

/** x·log x of numbers ≥ 0, and 0 for 0. The logarithm in its gradient stays finite there, that of the smallest normal float32. */
export const timesOwnLog = (x: tf.Tensor): tf.Tensor => tf.mul(x, tf.log(tf.maximum(x, TINY)));

/** The loss of similar pairs for labels of 1, that of dissimilar pairs for −1, and a mixture in between. */
export const mixOfSigns = (labels: tf.Tensor, similar: tf.Tensor, dissimilar: tf.Tensor): tf.Tensor =>
  tf.mul(tf.add(tf.mul(tf.add(1, labels), similar), tf.mul(tf.sub(1, labels), dissimilar)), 0.5);
