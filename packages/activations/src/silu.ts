import * as tf from '@tensorflow/tfjs-core';
import { type ActivationFunction, elementwise } from './elementwise';

/**
 * Sigmoid linear unit, also called swish: x weighted by its sigmoid.
 *
 * silu(x) = x·σ(x), silu'(x) = σ(x)·(1 + x·(1 − σ(x)))
 *
 * @param x any shape; values in ℝ
 * @returns the shape of x; values in [−0.28, ∞)
 * @example
 * silu([-1, 0, 1]); // [-0.2689, 0, 0.7311]
 * @see Elfwing, Uchibe, Doya, "Sigmoid-Weighted Linear Units", 2017, https://arxiv.org/abs/1702.03118, section 2
 */
export const silu: ActivationFunction = /* @__PURE__ */ elementwise('silu', {
  value: (x) => tf.mul(x, tf.sigmoid(x)),
  gradient(dy, x) {
    const s = tf.sigmoid(x);
    return tf.mul(dy, tf.mul(s, tf.add(tf.mul(x, tf.sub(1, s)), 1)));
  },
  keeps: 'x',
});
