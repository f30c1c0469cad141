import * as tf from '@tensorflow/tfjs-core';
import { type ActivationFunction, elementwise } from './elementwise';

/**
 * Mish: x weighted by the hyperbolic tangent of its softplus; smooth and, like ReLU, unbounded above.
 *
 * mish(x) = x·tanh(s), s = log(1 + e^x); mish'(x) = tanh(s) + x·(1 − tanh²(s))·σ(x)
 *
 * @param x any shape; values in ℝ
 * @returns the shape of x; values in [−0.31, ∞)
 * @example
 * mish([-1, 0, 1]); // [-0.3034, 0, 0.8651]
 * @see Misra, "Mish: A Self Regularized Non-Monotonic Activation Function", 2019, https://arxiv.org/abs/1908.08681, section 3
 */
export const mish: ActivationFunction = /* @__PURE__ */ elementwise('mish', {
  value: (x) => tf.mul(x, tf.tanh(tf.softplus(x))),
  gradient(dy, x) {
    const t = tf.tanh(tf.softplus(x));
    return tf.mul(dy, tf.add(t, tf.mul(tf.mul(x, tf.sub(1, tf.square(t))), tf.sigmoid(x))));
  },
  keeps: 'x',
});
