import * as tf from '@tensorflow/tfjs-core';
import { constant } from './math';

/** The largest magnitude along the last axis, which is kept; 1 for zeros. Squares of numbers divided by it do not overflow. */
const scaleOf = (x: tf.Tensor): tf.Tensor =>
  constant(x, (x) => {
    const largest = tf.max(tf.abs(x), -1, true);
    return tf.where(tf.equal(largest, 0), tf.onesLike(largest), largest);
  });

/** √x, and 0 with the gradient 0 where x is 0. */
function safeSqrt(x: tf.Tensor): tf.Tensor {
  const isZero = tf.equal(x, 0);
  return tf.where(isZero, tf.zerosLike(x), tf.sqrt(tf.where(isZero, tf.onesLike(x), x)));
}

/** The Euclidean lengths of the vectors along the last axis; the gradient of a vector of zeros is 0. */
export function lengths(x: tf.Tensor): tf.Tensor {
  const scale = scaleOf(x);
  return tf.mul(safeSqrt(tf.sum(tf.square(tf.div(x, scale)), -1)), tf.squeeze(scale, [-1]));
}

/** The vectors along the last axis divided by their lengths; zeros, without a gradient, stay zeros. */
export function unitVectors(x: tf.Tensor): tf.Tensor {
  const scaled = tf.div(x, scaleOf(x));
  const length = safeSqrt(tf.sum(tf.square(scaled), -1, true));
  const isZero = tf.equal(length, 0);
  // Zeros divided by 1 would have a gradient, which does not depend on the length of other vectors.
  return tf.where(
    tf.broadcastTo(isZero, x.shape),
    tf.zerosLike(x),
    tf.div(scaled, tf.where(isZero, tf.onesLike(length), length)),
  );
}

/** The cosines of the angles between the vectors along the last axis; 0 for a vector of zeros. */
export const cosine = (a: tf.Tensor, b: tf.Tensor): tf.Tensor =>
  tf.sum(tf.mul(unitVectors(a), unitVectors(b)), -1);
