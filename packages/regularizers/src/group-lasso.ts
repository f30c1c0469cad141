import { integer } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { type PenaltyOptions, penalty, type Regularizer } from './penalty';

export interface GroupLassoOptions extends PenaltyOptions {
  /**
   * The axis along which groups lie: −1, the default, for the weights of each output unit or filter; −2 for those of each input unit or
   * channel.
   */
  axis?: number | undefined;
}

/**
 * Group lasso penalty: the sum of the norms of groups of weights, which drives whole units, filters or channels to zero.
 *
 * R(W) = λ·Σ_g √n·‖W_g‖ over the groups g of n weights, dR/dW_g = λ·√n·W_g/‖W_g‖, 0 where a group is 0
 *
 * @returns a function from named parameters to a scalar ≥ 0; it throws when `only` matches no parameter, or a parameter lacks the axis
 * @throws when an option is unknown or out of range
 * @example
 * groupLasso({ rate: 1e-4, axis: -2, only: /kernel$/ })(model.trainable());
 * @see Wen et al., "Learning Structured Sparsity in Deep Neural Networks", 2016, https://arxiv.org/abs/1608.03665; √n: Yuan, Lin,
 *   "Model Selection and Estimation in Regression with Grouped Variables", 2006
 */
export function groupLasso(options: GroupLassoOptions): Regularizer {
  return penalty('groupLasso', options, { axis: integer }, ({ axis = -1 }) => ({
    factor: 1,
    term(w, key) {
      // A scalar is a group.
      const x = w.rank === 0 ? tf.reshape(w, [1]) : w;
      const along = axis < 0 ? x.rank + axis : axis;
      if (along < 0 || along >= x.rank) {
        throw new Error(
          `groupLasso: axis is ${axis} but ${key} has shape [${w.shape}]; give an axis that it has, or leave it out by only`,
        );
      }
      const groups = x.shape[along]!;
      const size = groups > 0 ? x.size / groups : 0;
      const others = x.shape.map((_, i) => i).filter((i) => i !== along);
      const rows = tf.reshape(tf.transpose(x, [along, ...others]), [groups, size]);
      return tf.mul(tf.sum(norms(rows)), Math.sqrt(size));
    },
  }));
}

/** The norms of the rows of a matrix. The gradient of a row of zeros is 0. */
function norms(rows: tf.Tensor): tf.Tensor {
  if (rows.size === 0) return tf.sum(rows, -1);
  // Squares of numbers divided by the largest do not overflow. The result does not depend on it, so it has no gradient.
  const scale = tf.customGrad((x) => ({
    value: tf.maximum(tf.max(tf.abs(x as tf.Tensor), -1, true), 1.2e-38),
    gradFunc: () => tf.zerosLike(x as tf.Tensor),
  }))(rows);
  const squares = tf.sum(tf.square(tf.div(rows, scale)), -1);
  const isZero = tf.equal(squares, 0);
  // The derivative of a root is infinite at 0; that at 1 is not used.
  const root = tf.sqrt(tf.where(isZero, tf.onesLike(squares), squares));
  return tf.mul(tf.where(isZero, tf.zerosLike(squares), root), tf.squeeze(scale, [-1]));
}
