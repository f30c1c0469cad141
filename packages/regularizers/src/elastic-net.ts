import { probability } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { type PenaltyOptions, penalty, type Regularizer } from './penalty';

export interface ElasticNetOptions extends PenaltyOptions {
  /** α in [0, 1], the share of the L1 penalty; 0.5 by default. */
  l1Ratio?: number | undefined;
}

/**
 * Elastic net penalty: L1 and L2 together, which drives weights to zero, but keeps weights that belong together alike.
 *
 * R(W) = λ·(α·Σ|W| + (1 − α)/2·Σ‖W‖²), dR/dW = λ·(α·sign(W) + (1 − α)·W), 0 where a weight is 0
 *
 * @returns a function from named parameters to a scalar ≥ 0; it throws when `only` matches no parameter
 * @throws when an option is unknown or out of range
 * @example
 * elasticNet({ rate: 1e-4, l1Ratio: 0.2, only: /kernel$/ })(model.trainable());
 * @see Zou, Hastie, "Regularization and Variable Selection via the Elastic Net", 2005,
 *   https://doi.org/10.1111/j.1467-9868.2005.00503.x, in the form of scikit-learn and glmnet
 */
export function elasticNet(options: ElasticNetOptions): Regularizer {
  return penalty('elasticNet', options, { l1Ratio: probability }, ({ l1Ratio = 0.5 }) => ({
    factor: 1,
    // The gradient of tf.abs is −1 at 0 and would push zeros away.
    term: (w) =>
      tf.add(tf.mul(tf.sum(tf.mul(w, tf.sign(w))), l1Ratio), tf.mul(tf.sum(tf.square(w)), (1 - l1Ratio) / 2)),
  }));
}
