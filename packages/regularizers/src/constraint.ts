import { floatTensor, type Input } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';

/** Maps a parameter to the nearest one that is allowed, or to one on the way there; see `constrain` of `@tenfold/optimizers`. */
export type Constraint = (w: Input) => tf.Tensor;

/** Makes a constraint from a function of a float32 tensor. */
export const constraint =
  (name: string, f: (w: tf.Tensor) => tf.Tensor): Constraint =>
  (w) =>
    tf.tidy(() => f(floatTensor(name, 'w', w)));

/**
 * Scales the weights of each unit by a function of their norm.
 *
 * @param wanted gives the norms that units shall have, from those that they have
 */
export function scaleUnits(w: tf.Tensor, wanted: (norms: tf.Tensor) => tf.Tensor): tf.Tensor {
  if (w.size === 0) return tf.clone(w);
  const axes = w.rank < 2 ? undefined : w.shape.slice(0, -1).map((_, axis) => axis);
  // Squares of numbers divided by the largest do not overflow.
  const largest = tf.max(tf.abs(w), axes, w.rank >= 2);
  const scale = tf.where(tf.equal(largest, 0), tf.onesLike(largest), largest);
  const scaled = tf.div(w, scale);
  const root = tf.sqrt(tf.sum(tf.square(scaled), axes, w.rank >= 2));
  const norms = tf.mul(root, scale);
  const divisor = tf.where(tf.equal(root, 0), tf.onesLike(root), root);
  return tf.mul(tf.div(scaled, divisor), wanted(norms));
}
