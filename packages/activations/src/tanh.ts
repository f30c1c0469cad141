import * as tf from '@tensorflow/tfjs-core';
import { type ActivationFunction, elementwise } from './elementwise';

/**
 * Hyperbolic tangent: a sigmoid function centered at zero.
 *
 * tanh(x) = (e^x − e^(−x)) / (e^x + e^(−x)), tanh'(x) = 1 − tanh²(x)
 *
 * @param x any shape; values in ℝ
 * @returns the shape of x; values in [−1, 1]
 * @example
 * tanh([-1, 0, 1]); // [-0.7616, 0, 0.7616]
 * @see LeCun, Bottou, Orr, Müller, "Efficient BackProp", 1998, section 4.4
 */
export const tanh: ActivationFunction = /* @__PURE__ */ elementwise('tanh', {
  value: (x) => tf.tanh(x),
  // 1 − y² without cancellation.
  gradient: (dy, y) => tf.mul(dy, tf.mul(tf.sub(1, y), tf.add(1, y))),
  keeps: 'y',
});
