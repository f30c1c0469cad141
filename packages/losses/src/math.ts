import * as tf from '@tensorflow/tfjs-core';

/** The smallest number that float32 holds in full precision. */
export const TINY = 1.1754944e-38;

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
 * x·y of a share x and a logarithm y, but 0 where x is 0 and y is infinite: what has no share adds nothing. The gradient for x is y
 * elsewhere, also where x is 0.
 */
export const timesLog = (x: tf.Tensor, y: tf.Tensor): tf.Tensor => {
  const skipped = tf.logicalAnd(tf.equal(x, 0), tf.greater(tf.abs(y), 3.4e38));
  return tf.mul(x, tf.where(skipped, tf.zerosLike(y), y));
};

/** The logit from which its sigmoid, its powers and their derivatives are 1 and 0 in float32. */
const SATURATED = 104;

/**
 * σ(x)^γ·log(1 + e^x), the focal loss of logits whose label is 0. Where the sigmoid is 1, only the logarithm is left: the product rule
 * would multiply large logits by γ before it multiplies them by 0.
 */
export const focalTerm = (x: tf.Tensor, gamma: number): tf.Tensor => {
  if (gamma === 0) return tf.softplus(x);
  const isSaturated = tf.greater(x, SATURATED);
  const rest = tf.where(isSaturated, tf.zerosLike(x), x);
  const power = tf.exp(tf.mul(tf.softplus(tf.neg(rest)), -gamma));
  return tf.where(isSaturated, tf.softplus(x), tf.mul(power, tf.softplus(rest)));
};

/** x·log x of numbers ≥ 0, and 0 for 0. The logarithm in its gradient stays finite there, that of the smallest normal float32. */
export const timesOwnLog = (x: tf.Tensor): tf.Tensor => tf.mul(x, tf.log(tf.maximum(x, TINY)));

/** The loss of similar pairs for labels of 1, that of dissimilar pairs for −1, and a mixture in between. */
export const mixOfSigns = (labels: tf.Tensor, similar: tf.Tensor, dissimilar: tf.Tensor): tf.Tensor =>
  tf.mul(tf.add(tf.mul(tf.add(1, labels), similar), tf.mul(tf.sub(1, labels), dissimilar)), 0.5);
