import * as tf from '@tensorflow/tfjs-core';
import { type ActivationFunction, elementwise } from './elementwise';

/**
 * Tanh shrinkage: x less its hyperbolic tangent, nearly zero around zero.
 *
 * f(x) = x − tanh(x), f'(x) = tanh²(x)
 *
 * @param x any shape; values in ℝ
 * @returns the shape of x; values in ℝ
 * @example
 * tanhShrink([-1, 0, 2]); // [-0.2384, 0, 1.0360]
 * @see PyTorch, https://pytorch.org/docs/stable/generated/torch.nn.Tanhshrink.html
 */
export const tanhShrink: ActivationFunction = /* @__PURE__ */ elementwise('tanhShrink', {
  value: (x) => tf.sub(x, tf.tanh(x)),
  gradient: (dy, x) => tf.mul(dy, tf.square(tf.tanh(x))),
  keeps: 'x',
});
