import { withGradient } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { classLoss, type Loss } from '../loss';
import { constant } from '../math';

/**
 * Sparsemax loss: what the cross-entropy is to softmax, for classes with exact probabilities of zero. It is 0 once the score of the
 * right class is larger by 1 than all others.
 *
 * l = ½·‖z − y‖² − ½·‖z − p‖², p = sparsemax(z); dz = p − y, dy = y − z
 *
 * @param labels y: class indices [batch, …], or distributions [batch, …, classes]; for other values the loss is NaN
 * @param predictions z: [batch, …, classes], scores in ℝ
 * @returns a scalar, or [batch, …] for the reduction 'none'; ≥ 0
 * @throws when the shapes do not fit, there are fewer than two classes, labels in an array are not class indices, or the weights do
 *   not fit
 * @example
 * sparsemaxLoss([1], [[0, 0.5]]); // 0.0625
 * @see Martins, Astudillo, "From Softmax to Sparsemax: A Sparse Model of Attention and Multi-Label Classification", 2016,
 * https://arxiv.org/abs/1602.02068, section 3
 */
export const sparsemaxLoss: Loss = /* @__PURE__ */ classLoss(
  'sparsemaxLoss',
  (y, z) =>
    withGradient([y, z], {
      forward: (y, z) => {
        const largest = constant(z, (z) => tf.max(z, -1, true));
        const shifted = tf.sub(z, largest);
        const p = project(shifted);
        // The difference of the squares, of which the large parts cancel.
        const difference = tf.sub(shifted, tf.mul(tf.add(p, y), 0.5));
        const value = tf.sum(tf.mul(tf.sub(p, y), difference), -1);
        // What the shift changes where labels do not sum to 1.
        const rest = tf.mul(tf.squeeze(largest, [-1]), tf.sub(1, tf.sum(y, -1)));
        return { value: tf.add(value, rest), saved: [y, z, p] };
      },
      backward: (dy, [y, z, p]) => {
        const scale = tf.expandDims(dy, -1);
        return [tf.mul(scale, tf.sub(y!, z!)), tf.mul(scale, tf.sub(p!, y!))];
      },
    }),
  {},
);

/** The projection of scores, whose largest is 0, onto the probability simplex: max(z − τ, 0), whose sum is 1. */
function project(z: tf.Tensor): tf.Tensor {
  const support = constant(z, findSupport);
  const inside = tf.where(tf.greater(support, 0), z, tf.zerosLike(z));
  const threshold = tf.div(tf.sub(tf.sum(inside, -1, true), 1), tf.sum(support, -1, true));
  return tf.relu(tf.sub(z, threshold));
}

/** 1 for the scores that get a probability above zero, 0 elsewhere. */
function findSupport(z: tf.Tensor): tf.Tensor {
  const classes = z.shape.at(-1)!;
  if (z.size === 0) return tf.clone(z);
  const { values } = tf.topk(z, classes, true);
  const isInside = tf.greater(
    tf.add(tf.mul(values, tf.range(1, classes + 1)), 1),
    tf.cumsum(values, z.rank - 1),
  );
  const smallest = tf.min(tf.where(isInside, values, tf.zerosLike(values)), -1, true);
  // A NaN in the scores leaves no support, and gives 0/0.
  return tf.cast(tf.logicalAnd(tf.greaterEqual(z, smallest), tf.any(isInside, -1, true)), 'float32');
}
