import * as tf from '@tensorflow/tfjs-core';
import { fused, type Input, withGradient } from './elementwise';

/**
 * Sigmoid linear unit, also called swish: x weighted by its sigmoid.
 *
 * silu(x) = x·σ(x), silu'(x) = σ(x)·(1 + x·(1 − σ(x)))
 *
 * Runs the kernels `Silu` and `SiluGrad` where the backend has them.
 *
 * @param x any shape; values in ℝ
 * @returns the shape of x; values in [−0.28, ∞)
 * @example
 * silu([-1, 0, 1]); // [-0.2689, 0, 0.7311]
 * @see Elfwing, Uchibe, Doya, "Sigmoid-Weighted Linear Units", 2017, https://arxiv.org/abs/1702.03118, section 2
 */
export function silu<T extends tf.Tensor>(x: Input<T>): T {
  return withGradient<T>(x, {
    forward: (x) => fused('Silu', { x }, {}, () => tf.mul(x, tf.sigmoid(x))),
    backward: (dy, x) =>
      fused('SiluGrad', { dy, x }, {}, () => {
        const s = tf.sigmoid(x);
        return tf.mul(dy, tf.mul(s, tf.add(tf.mul(x, tf.sub(1, s)), 1)));
      }),
  });
}
