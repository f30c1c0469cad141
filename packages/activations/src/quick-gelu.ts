import * as tf from '@tensorflow/tfjs-core';
import { type ActivationFunction, elementwise } from './elementwise';
import { clip } from './piecewise';

/**
 * Sigmoid approximation of `gelu`, as in CLIP, with an error of at most 0.021.
 *
 * f(x) = x·σ(1.702·x), f'(x) = s + 1.702·x·s·(1 − s), s = σ(1.702·x)
 *
 * @param x any shape; values in ℝ
 * @returns the shape of x; values in [−0.17, ∞)
 * @example
 * quickGelu([-1, 0, 1]); // [-0.1542, 0, 0.8458]
 * @see Hendrycks, Gimpel, "Gaussian Error Linear Units", 2016, https://arxiv.org/abs/1606.08415, section 2
 */
export const quickGelu: ActivationFunction = /* @__PURE__ */ elementwise('quickGelu', {
  value: (x) => tf.mul(x, tf.sigmoid(scaled(x))),
  gradient(dy, x) {
    const z = scaled(x);
    const s = tf.sigmoid(z);
    return tf.mul(dy, tf.mul(s, tf.add(tf.mul(z, tf.sub(1, s)), 1)));
  },
  keeps: 'x',
});

/** 1.702·x; beyond ±110, its sigmoid is 0 or 1 in float32. */
const scaled = (x: tf.Tensor) => clip(tf.mul(x, 1.702), -110, 110);
