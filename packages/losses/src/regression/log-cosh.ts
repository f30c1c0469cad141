import * as tf from '@tensorflow/tfjs-core';
import { elementwiseLoss, type Loss } from '../loss';

/**
 * Logarithm of the hyperbolic cosine of the error: like half the squared error near zero and like the absolute error far away.
 *
 * lᵢ = log cosh(p − y), dp = tanh(p − y); computed as |e| + log(1 + e^(−2|e|)) − log 2, which does not overflow
 *
 * @param labels y: any shape, values in ℝ
 * @param predictions p: the shape of the labels
 * @returns a scalar, or the shape of the labels for the reduction 'none'; ≥ 0
 * @throws when the shapes differ, or the weights do not fit
 * @example
 * logCosh([0, 0], [1, -3]); // (0.4338 + 2.3093) / 2 = 1.3715
 * @see Saleh, Saleh, "Statistical Properties of the log-cosh Loss Function Used in Machine Learning", 2022,
 * https://arxiv.org/abs/2208.04564
 */
export const logCosh: Loss = /* @__PURE__ */ elementwiseLoss(
  'logCosh',
  (y, p) => {
    const error = tf.sub(p, y);
    const size = tf.mul(error, tf.sign(error));
    // log cosh e = log(1 + e^(2e)) − e − log 2 for both signs; of −|e| nothing overflows.
    return tf.sub(tf.add(size, tf.softplus(tf.mul(size, -2))), Math.LN2);
  },
  {},
);
