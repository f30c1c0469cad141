import { show } from '@tenfold/checks';
import { floatTensor, type Input } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';

/** Maps a parameter to the nearest one that is allowed, or to one on the way there; see `constrain` of `@tenfold/optimizers`. */
export type Constraint = (w: Input) => tf.Tensor;

/**
 * Throws when a function that makes a constraint is called with the parameter, as in `constrain(adam(), maxNorm)`.
 *
 * @param call the arguments
 */
export function assertMade(name: string, call: readonly unknown[]): void {
  if (!(call[0] instanceof tf.Tensor)) return;
  throw new Error(
    `the function ${name} was given without a call: it makes a constraint and was called with ${show(call[0])}; give ${name}()`,
  );
}

/** Makes a constraint from a function of a float32 tensor. */
export const constraint =
  (name: string, f: (w: tf.Tensor) => tf.Tensor): Constraint =>
  (w) =>
    tf.tidy(() => f(floatTensor(name, 'w', w)));

/** How far the norm of a unit may be from a limit, relatively, to be at it: what has been scaled there is not scaled again. */
const TOLERANCE = 1e-6;

/** Scales the weights of each unit so that its norm moves by the share `rate` to the limit that it exceeds. Others keep every bit. */
export function scaleUnits(
  w: tf.Tensor,
  { minimum, maximum, rate = 1 }: { minimum: number; maximum: number; rate?: number },
): tf.Tensor {
  if (w.size === 0) return tf.clone(w);
  const axes = w.rank < 2 ? undefined : w.shape.slice(0, -1).map((_, axis) => axis);
  // Squares of numbers divided by the largest do not overflow.
  const largest = tf.max(tf.abs(w), axes, w.rank >= 2);
  const scale = tf.where(tf.equal(largest, 0), tf.onesLike(largest), largest);
  const scaled = tf.div(w, scale);
  const root = tf.sqrt(tf.sum(tf.square(scaled), axes, w.rank >= 2));
  // Infinite where the norm is above float32's range; it is only compared.
  const norms = tf.mul(root, scale);
  const isAllowed = tf.logicalAnd(
    tf.greaterEqual(norms, minimum * (1 - TOLERANCE)),
    tf.lessEqual(norms, maximum * (1 + TOLERANCE)),
  );
  const limits = tf.where(tf.greater(norms, maximum), tf.fill(norms.shape, maximum), minimum);
  const directions = tf.div(scaled, tf.where(tf.equal(root, 0), tf.onesLike(root), root));
  const there = tf.mul(directions, limits);
  const moved = rate === 1 ? there : tf.add(tf.mul(there, rate), tf.mul(w, 1 - rate));
  return tf.where(tf.broadcastTo(isAllowed, w.shape), w, moved);
}
