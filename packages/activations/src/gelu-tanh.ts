import * as tf from '@tensorflow/tfjs-core';
import { type ActivationFunction, elementwise } from './elementwise';
import { clip } from './piecewise';

/**
 * Tanh approximation of {@link gelu}, as in GPT-2 and BERT, with an error of at most 5e-4.
 *
 * geluTanh(x) = x/2·(1 + tanh(u)), u = √(2/π)·(x + 0.044715·x³);
 * geluTanh'(x) = (1 + tanh(u))/2 + x/2·(1 − tanh²(u))·√(2/π)·(1 + 3·0.044715·x²)
 *
 * @param x any shape; values in ℝ
 * @returns the shape of x; values in [−0.17, ∞)
 * @example
 * geluTanh([-1, 0, 1]); // [-0.1588, 0, 0.8412]
 * @see Hendrycks, Gimpel, "Gaussian Error Linear Units", 2016, https://arxiv.org/abs/1606.08415, section 2
 */
export const geluTanh: ActivationFunction = /* @__PURE__ */ elementwise('geluTanh', {
  value: (x) => tf.mul(tf.mul(x, 0.5), tf.add(tanhOfU(x), 1)),
  gradient(dy, x) {
    const near = nearby(x);
    const t = tanhOfU(x);
    const du = tf.mul(tf.add(tf.mul(tf.square(near), 3 * CUBIC), 1), SLOPE);
    const curve = tf.mul(tf.mul(tf.sub(1, tf.square(t)), du), tf.mul(near, 0.5));
    return tf.mul(dy, tf.add(tf.mul(tf.add(t, 1), 0.5), curve));
  },
  keeps: 'x',
});

const SLOPE = Math.sqrt(2 / Math.PI);
const CUBIC = 0.044715;
/** x where u matters: beyond ±30, tanh(u) is −1 or 1 in float32, and the powers of x would overflow. */
const nearby = (x: tf.Tensor) => clip(x, -30, 30);

function tanhOfU(x: tf.Tensor): tf.Tensor {
  const near = nearby(x);
  return tf.tanh(tf.mul(tf.mul(near, tf.add(tf.mul(tf.square(near), CUBIC), 1)), SLOPE));
}
