import { positive } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { type ActivationFunction, elementwise } from './elementwise';
import { clip } from './piecewise';

export interface SquareplusOptions {
  /** The curvature: f(0) = √b / 2; a positive number, 4 by default. */
  b?: number;
}

/**
 * Squareplus: a smooth approximation of ReLU without exponentials.
 *
 * f(x) = (x + r) / 2, r = √(x² + b); f'(x) = (1 + x/r) / 2
 *
 * Computed without cancellation: f(x) is b/4 over f(−x) for negative x.
 *
 * @param x any shape; values in ℝ
 * @returns the shape of x; values in [0, ∞)
 * @throws when b is not positive
 * @example
 * squareplus([-1, 0, 1]); // [0.6180, 1, 1.6180]
 * @see Barron, "Squareplus: A Softplus-Like Algebraic Rectifier", 2021, https://arxiv.org/abs/2112.11687
 */
export const squareplus: ActivationFunction<SquareplusOptions> = /* @__PURE__ */ elementwise<
  SquareplusOptions,
  [number]
>(
  'squareplus',
  {
    value(x, b) {
      const r = root(x, b);
      const above = tf.add(tf.div(x, 2), tf.div(r, 2));
      return tf.where(tf.less(x, 0), tf.div(b / 2, tf.sub(r, x)), above);
    },
    gradient(dy, x, b) {
      const r = root(x, b);
      const small = tf.div(b / 2, tf.mul(r, tf.add(r, tf.abs(x))));
      return tf.mul(dy, tf.where(tf.less(x, 0), small, tf.sub(1, small)));
    },
    keeps: 'x',
    parameters: ({ b = 4 }) => [b],
  },
  { b: positive },
);

/** √(x² + b), which is |x| where the square would overflow. */
function root(x: tf.Tensor, b: number): tf.Tensor {
  const near = tf.sqrt(tf.add(tf.square(clip(x, -LARGE, LARGE)), b));
  return tf.where(tf.less(tf.abs(x), LARGE), near, tf.mul(x, tf.sign(x)));
}

/** Its square is a float32, and far above any b. */
const LARGE = 1e18;
