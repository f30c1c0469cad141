import { withGradient } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { type AxisOptions, alongAxis } from './along-axis';
import { constant, largest } from './piecewise';

export interface SparsemaxOptions extends AxisOptions {
  /** The axis whose entries sum to 1; a negative axis counts from the end. −1 by default. */
  axis?: number;
}

/**
 * Sparsemax: the Euclidean projection of the scores onto the probability simplex. Unlike softmax it gives exact zeros.
 *
 * pᵢ = max(xᵢ − τ, 0), τ such that Σⱼ pⱼ = 1; dxᵢ = dyᵢ − (mean of dyⱼ where pⱼ > 0) where pᵢ > 0, 0 elsewhere
 *
 * τ = (Σ of the k largest scores − 1) / k, with the largest k for which the k-th score z satisfies 1 + k·z > Σ of the k largest.
 *
 * @param x rank 1 or more; values in ℝ, or −∞ for an entry of probability 0
 * @returns the shape of x; values in [0, 1] that sum to 1 along the axis
 * @throws when x has no such axis
 * @example
 * sparsemax([1, 1.5, 0.2]); // [0.25, 0.75, 0]
 * @see Martins, Astudillo, "From Softmax to Sparsemax: A Sparse Model of Attention and Multi-Label Classification", 2016,
 * https://arxiv.org/abs/1602.02068, algorithm 1
 */
export const sparsemax = /* @__PURE__ */ alongAxis<SparsemaxOptions>('sparsemax', (x) =>
  withGradient([x], {
    forward: (x) => {
      const y = project(x);
      return { value: y, saved: [y] };
    },
    backward(dy, [y]) {
      const support = tf.greater(y!, 0);
      const zeros = tf.zerosLike(dy);
      const count = tf.sum(tf.cast(support, 'float32'), -1, true);
      const mean = tf.div(tf.sum(tf.where(support, dy, zeros), -1, true), count);
      return [tf.where(support, tf.sub(dy, mean), zeros)];
    },
  }),
);

function project(x: tf.Tensor): tf.Tensor {
  const shifted = tf.sub(x, constant(x, largest));
  const support = constant(shifted, findSupport);
  const inside = tf.where(tf.greater(support, 0), shifted, tf.zerosLike(shifted));
  const threshold = tf.div(tf.sub(tf.sum(inside, -1, true), 1), tf.sum(support, -1, true));
  return tf.relu(tf.sub(shifted, threshold));
}

/** 1 for the scores that get a probability above zero, 0 elsewhere. */
function findSupport(x: tf.Tensor): tf.Tensor {
  const length = x.shape.at(-1)!;
  if (x.size === 0) return tf.clone(x);
  const { values } = tf.topk(x, length, true);
  const inside = tf.greater(
    tf.add(tf.mul(values, tf.range(1, length + 1)), 1),
    tf.cumsum(values, x.rank - 1),
  );
  const count = tf.sum(tf.cast(inside, 'float32'), -1, true);
  const smallest = tf.min(tf.where(inside, values, tf.zerosLike(values)), -1, true);
  return tf.cast(tf.logicalAnd(tf.greaterEqual(x, smallest), tf.greater(count, 0)), 'float32');
}
