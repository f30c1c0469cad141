import * as tf from '@tensorflow/tfjs-core';
import { type PenaltyOptions, penalty, type Regularizer } from './penalty';

/**
 * L1 penalty: the sum of absolute values, which drives many weights to zero.
 *
 * R(W) = λ·Σ|W|, dR/dW = λ·sign(W), 0 where a weight is 0
 *
 * @returns a function from named parameters to a scalar ≥ 0; it throws when `only` matches no parameter
 * @throws when an option is unknown or out of range
 * @example
 * l1({ rate: 1e-5, only: /kernel$/ })(model.trainable());
 * @see Goodfellow, Bengio, Courville, "Deep Learning", 2016, section 7.1.2
 */
export function l1(options: PenaltyOptions): Regularizer {
  // The gradient of tf.abs is −1 at 0 and would push zeros away.
  return penalty('l1', options, {}, () => ({ factor: 1, term: (w) => tf.sum(tf.mul(w, tf.sign(w))) }));
}
