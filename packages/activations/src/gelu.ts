import * as tf from '@tensorflow/tfjs-core';
import { fused, type Input, withGradient } from './elementwise';

export interface GeluOptions {
  /** 'none': the exact function with erf, PyTorch's default. 'tanh': the approximation of GPT-2 and BERT. */
  approximate?: 'none' | 'tanh';
}

/**
 * Gaussian error linear unit: x weighted by the probability that a standard normal variable lies below it.
 *
 * exact: gelu(x) = x·Φ(x) = x/2·(1 + erf(x/√2)), gelu'(x) = Φ(x) + x·φ(x), φ(x) = e^(−x²/2)/√(2π)
 *
 * tanh: gelu(x) ≈ x/2·(1 + tanh(u)), u = √(2/π)·(x + 0.044715·x³); up to 5e-4 away from the exact one
 *
 * Runs the kernels `Gelu` and `GeluGrad` where the backend has them.
 *
 * @param x any shape; values in ℝ
 * @returns the shape of x; values in [−0.17, ∞)
 * @example
 * gelu([-1, 0, 1]); // [-0.1587, 0, 0.8413]
 * @see Hendrycks, Gimpel, "Gaussian Error Linear Units", 2016, https://arxiv.org/abs/1606.08415, section 2
 */
export function gelu<T extends tf.Tensor>(x: Input<T>, { approximate = 'none' }: GeluOptions = {}): T {
  if (approximate !== 'none' && approximate !== 'tanh') {
    throw new Error(`gelu: approximate is ${JSON.stringify(approximate)}; give 'none' or 'tanh'`);
  }
  const rule = approximate === 'none' ? exact : tanh;
  return withGradient<T>(x, {
    forward: (x) => fused('Gelu', { x }, { approximate }, () => rule.value(x)),
    backward: (dy, x) => fused('GeluGrad', { dy, x }, { approximate }, () => tf.mul(dy, rule.derivative(x))),
  });
}

// The probability Φ(x) that a standard normal variable lies below x.
const probability = (x: tf.Tensor) => tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);

const exact = {
  value: (x: tf.Tensor) => tf.mul(x, probability(x)),
  derivative(x: tf.Tensor) {
    const density = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
    return tf.add(probability(x), tf.mul(x, density));
  },
};

const SLOPE = Math.sqrt(2 / Math.PI);
const CUBIC = 0.044715;
const tanhOfU = (x: tf.Tensor) => tf.tanh(tf.mul(tf.mul(x, tf.add(tf.mul(tf.square(x), CUBIC), 1)), SLOPE));

const tanh = {
  value: (x: tf.Tensor) => tf.mul(tf.mul(x, 0.5), tf.add(tanhOfU(x), 1)),
  derivative(x: tf.Tensor) {
    const t = tanhOfU(x);
    const slopeOfU = tf.mul(tf.add(tf.mul(tf.square(x), 3 * CUBIC), 1), SLOPE);
    const curve = tf.mul(tf.mul(tf.sub(1, tf.square(t)), slopeOfU), tf.mul(x, 0.5));
    return tf.add(tf.mul(tf.add(t, 1), 0.5), curve);
  },
};
