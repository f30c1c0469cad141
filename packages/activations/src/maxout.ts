import { count } from '@tenfold/checks';
import { withGradient } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { type AxisOptions, alongAxis, assertMultiple } from './along-axis';

export interface MaxoutOptions extends AxisOptions {
  /** The axis whose entries are grouped; a negative axis counts from the end. −1 by default. */
  axis?: number;
  /** Consecutive entries of which the largest is taken; the length of the axis is a multiple of it. 2 by default. */
  pieces?: number;
}

/**
 * Maxout: the largest of every few consecutive entries. After a linear layer, it is a learned convex activation.
 *
 * f(x)ᵢ = max of x[i·k] … x[i·k + k − 1], k = pieces; entries that are equal share the gradient
 *
 * @param x rank 1 or more; values in ℝ
 * @returns the shape of x with 1/pieces of the length along the axis
 * @throws when x has no such axis, or its length is not a multiple of pieces
 * @example
 * maxout([1, 3, -2, -5]); // [3, -2]
 * @see Goodfellow et al., "Maxout Networks", 2013, https://arxiv.org/abs/1302.4389, section 3
 */
export const maxout = /* @__PURE__ */ alongAxis<MaxoutOptions>(
  'maxout',
  (x, { pieces = 2 }) => {
    assertMultiple('maxout', x, pieces);
    const groups = [...x.shape.slice(0, -1), x.shape.at(-1)! / pieces, pieces];
    return withGradient([x], {
      forward: (x) => ({ value: tf.max(tf.reshape(x, groups), -1), saved: [x] }),
      backward(dy, [x]) {
        const grouped = tf.reshape(x!, groups);
        const isSmaller = tf.less(grouped, tf.max(grouped, -1, true));
        const count = tf.sum(tf.cast(tf.logicalNot(isSmaller), 'float32'), -1, true);
        const share = tf.div(tf.expandDims(dy, -1), count);
        return [tf.reshape(tf.where(isSmaller, tf.zerosLike(grouped), share), x!.shape)];
      },
    });
  },
  { pieces: count },
);
