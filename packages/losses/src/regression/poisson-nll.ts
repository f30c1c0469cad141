import { flag, positive } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { counts } from '../domain';
import { elementwiseLoss, type Loss } from '../loss';
import { timesLog } from '../math';
import type { ReductionOptions } from '../weighting';

export interface PoissonNllOptions extends ReductionOptions {
  /** Whether the predictions are logarithms of rates; otherwise they are rates; true by default. */
  logInput?: boolean;
  /** Added to a rate before its logarithm is taken; a positive number, 1e-8 by default. Unused for logInput. */
  epsilon?: number;
}

/**
 * Negative log-likelihood of counts under Poisson distributions, without the constant log(y!).
 *
 * lᵢ = e^p − y·p, dp = e^p − y; for rates, lᵢ = p − y·log(p + ε), dp = 1 − y/(p + ε)
 *
 * @param labels y: any shape, counts ≥ 0; for negative ones the loss is NaN
 * @param predictions p: the shape of the labels; logarithms of rates, or rates ≥ 0
 * @returns a scalar, or the shape of the labels for the reduction 'none'; in nats
 * @throws when the shapes differ, epsilon is not positive, or the weights do not fit
 * @example
 * poissonNll([2, 0], [0, 0]); // (1 + 1) / 2 = 1
 * @see Cameron, Trivedi, "Regression Analysis of Count Data", 1998, section 3.2
 */
export const poissonNll: Loss<PoissonNllOptions> = /* @__PURE__ */ elementwiseLoss<PoissonNllOptions>(
  'poissonNll',
  (y, p, { logInput = true, epsilon = 1e-8 }) =>
    logInput ? exceeding(tf.exp(p), y, p) : exceeding(p, y, tf.log(tf.add(p, epsilon))),
  { logInput: flag, epsilon: positive },
  { labels: counts },
);

/** rate − y·log, which is ∞ where the rate is, even if the product is ∞ too: no product with a logarithm keeps up with its argument. */
function exceeding(rate: tf.Tensor, y: tf.Tensor, log: tf.Tensor): tf.Tensor {
  const product = timesLog(y, log);
  const isInfinite = tf.logicalAnd(tf.greater(rate, 3.4e38), tf.greater(product, 3.4e38));
  return tf.sub(rate, tf.where(isInfinite, tf.zerosLike(product), product));
}
