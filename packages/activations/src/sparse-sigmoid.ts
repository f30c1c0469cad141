import * as tf from '@tensorflow/tfjs-core';
import { type ActivationFunction, elementwise } from './elementwise';
import { clip, where, within } from './piecewise';

/**
 * Sparse sigmoid: a line from 0 at −1 to 1 at 1; the derivative of `sparsePlus`, and sparsemax of two scores.
 *
 * f(x) = min(max(x + 1, 0), 2) / 2; f'(x) = 1/2 where −1 < x < 1, 0 elsewhere
 *
 * @param x any shape; values in ℝ
 * @returns the shape of x; values in [0, 1]
 * @example
 * sparseSigmoid([-2, 0, 0.5]); // [0, 0.5, 0.75]
 * @see Martins, Astudillo, "From Softmax to Sparsemax: A Sparse Model of Attention and Multi-Label Classification", 2016,
 * https://arxiv.org/abs/1602.02068, section 2.2
 */
export const sparseSigmoid: ActivationFunction = /* @__PURE__ */ elementwise('sparseSigmoid', {
  value: (x) => tf.div(tf.add(clip(x, -1, 1), 1), 2),
  gradient: (dy, x) => where(within(x, -1, 1), tf.div(dy, 2)),
  keeps: 'x',
});
