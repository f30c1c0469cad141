import { positive } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { type ActivationFunction, elementwise } from './elementwise';

export interface SoftplusOptions {
  /** The larger, the closer to ReLU; a positive number, 1 by default. */
  beta?: number;
}

/**
 * Smooth approximation of ReLU; the integral of the sigmoid.
 *
 * f(x) = log(1 + e^(β·x)) / β, f'(x) = σ(β·x)
 *
 * PyTorch's option `threshold` is not needed: large arguments do not overflow.
 *
 * @param x any shape; values in ℝ
 * @returns the shape of x; values in [0, ∞)
 * @throws when beta is not positive
 * @example
 * softplus([-1, 0, 1]); // [0.3133, 0.6931, 1.3133]
 * @see Dugas et al., "Incorporating Second-Order Functional Knowledge for Better Option Pricing", 2000
 */
export const softplus: ActivationFunction<SoftplusOptions> = /* @__PURE__ */ elementwise<
  SoftplusOptions,
  [number]
>(
  'softplus',
  {
    // max(x, 0) + log(1 + e^(−|β·x|)) / β does not overflow.
    value(x, beta) {
      const tail = tf.softplus(tf.neg(tf.abs(tf.mul(x, beta))));
      return tf.add(tf.maximum(x, 0), tf.div(tail, beta));
    },
    gradient: (dy, x, beta) => tf.mul(dy, tf.sigmoid(tf.mul(x, beta))),
    keeps: 'x',
    parameters: ({ beta = 1 }) => [beta],
  },
  { beta: positive },
);
