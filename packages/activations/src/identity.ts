import * as tf from '@tensorflow/tfjs-core';
import { type ActivationFunction, elementwise } from './elementwise';

/**
 * Identity: the linear activation, for code that takes any activation.
 *
 * f(x) = x, f'(x) = 1
 *
 * @param x any shape; values in ℝ
 * @returns the shape of x
 * @example
 * identity([-1, 0, 2]); // [-1, 0, 2]
 * @see Goodfellow, Bengio, Courville, "Deep Learning", 2016, section 6.2.2.1
 */
export const identity: ActivationFunction = /* @__PURE__ */ elementwise('identity', {
  value: (x) => tf.clone(x),
  gradient: (dy) => tf.clone(dy),
  keeps: 'x',
});
