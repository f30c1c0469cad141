import { between } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { type ActivationFunction, elementwise } from './elementwise';
import { clip } from './piecewise';

export interface SquareplusOptions {
  /** The curvature: f(0) = √b / 2; a number from 1e-18 to 1e18, 4 by default. */
  b?: number;
}

/**
 * Squareplus: a smooth approximation of ReLU without exponentials.
 *
 * f(x) = (x + r) / 2, r = √(x² + b); f'(x) = (1 + x/r) / 2
 *
 * Computed without cancellation as max(x, 0) + b / (2·(r + |x|)).
 *
 * @param x any shape; values in ℝ
 * @returns the shape of x; values in [0, ∞)
 * @throws when b is not in its range
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
    value: (x, b) => tf.add(tf.maximum(x, 0), tf.div(b / 2, tf.add(root(x, b), size(x)))),
    gradient(dy, x, b) {
      const r = root(x, b);
      const small = tf.div(tf.div(b / 2, r), tf.add(r, size(x)));
      return tf.mul(dy, tf.where(tf.less(x, 0), small, tf.sub(1, small)));
    },
    keeps: 'x',
    parameters: ({ b = 4 }) => [b],
  },
  { b: between(1e-18, 1e18) },
);

/** √(x² + b), which is |x| where the square would overflow. */
function root(x: tf.Tensor, b: number): tf.Tensor {
  const near = tf.sqrt(tf.add(tf.square(clip(x, -LARGE, LARGE)), b));
  return tf.where(tf.less(tf.abs(x), LARGE), near, size(x));
}

/** |x|, whose derivative is 1 at 0: the gradient takes that side. */
function size(x: tf.Tensor): tf.Tensor {
  return tf.where(tf.less(x, 0), tf.neg(x), x);
}

/** Its square is a float32, and b is no part of it: at most 1e-18 of it. */
const LARGE = 1e18;
