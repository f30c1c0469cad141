import * as tf from '@tensorflow/tfjs-core';
import { type PenaltyOptions, penalty, type Regularizer } from './penalty';

/**
 * Soft orthogonality: keeps the weights of different units orthogonal, and of length 1, so that signals and gradients keep their size.
 *
 * R(W) = λ·‖WᵀW − I‖² for W as a matrix [inputs, outputs], dR/dW = 4·λ·W·(WᵀW − I); with more outputs than inputs, WWᵀ instead
 *
 * A kernel of a convolution counts as a matrix [height·width·channels, filters]. Parameters of rank below 2 do not count.
 *
 * @returns a function from named parameters to a scalar ≥ 0; it throws when `only` matches no parameter of rank 2 or more
 * @throws when an option is unknown or out of range
 * @example
 * orthogonal({ rate: 1e-3, only: /kernel$/ })(model.trainable());
 * @see Bansal, Chen, Wang, "Can We Gain More from Orthogonality Regularizations in Training Deep CNNs?", 2018,
 *   https://arxiv.org/abs/1810.09102, equation 1
 */
export function orthogonal(options: PenaltyOptions): Regularizer {
  return penalty('orthogonal', options, {}, () => ({
    factor: 1,
    leastRank: 2,
    term(w) {
      if (w.size === 0) return tf.sum(w);
      const outputs = w.shape.at(-1)!;
      const inputs = w.size / outputs;
      const matrix = tf.reshape(w, [inputs, outputs]) as tf.Tensor2D;
      const isWide = outputs > inputs;
      const gram = tf.matMul(matrix, matrix, !isWide, isWide);
      return tf.sum(tf.square(tf.sub(gram, tf.eye(Math.min(inputs, outputs)))));
    },
  }));
}
