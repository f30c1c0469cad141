import * as tf from '@tensorflow/tfjs-core';
import { type PenaltyOptions, penalty, type Regularizer } from './penalty';

/**
 * L2 penalty: half the sum of squares, which keeps weights small.
 *
 * R(W) = λ/2·Σ‖W‖², dR/dW = λ·W
 *
 * With plain SGD this is equivalent to weight decay. With Adam it is not; see `adamW`.
 *
 * @returns a function from named parameters to a scalar ≥ 0; it throws when `only` matches no parameter
 * @throws when an option is unknown or out of range
 * @example
 * l2({ rate: 1e-4, only: /kernel$/ })(model.trainable());
 * @see Goodfellow, Bengio, Courville, "Deep Learning", 2016, section 7.1.1
 */
export function l2(options: PenaltyOptions): Regularizer {
  return penalty('l2', options, {}, () => ({ factor: 0.5, term: (w) => tf.sum(tf.square(w)) }));
}
