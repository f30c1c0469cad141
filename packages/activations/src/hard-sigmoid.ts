import * as tf from '@tensorflow/tfjs-core';
import { type ActivationFunction, elementwise } from './elementwise';
import { clip, where, within } from './piecewise';

/**
 * Piecewise linear approximation of the sigmoid, from 0 at −3 to 1 at 3.
 *
 * f(x) = min(max(x + 3, 0), 6) / 6; f'(x) = 1/6 where −3 < x < 3, 0 elsewhere
 *
 * @param x any shape; values in ℝ
 * @returns the shape of x; values in [0, 1]
 * @example
 * hardSigmoid([-4, 0, 1]); // [0, 0.5, 0.6667]
 * @see Howard et al., "Searching for MobileNetV3", 2019, https://arxiv.org/abs/1905.02244, section 5.2
 */
export const hardSigmoid: ActivationFunction = /* @__PURE__ */ elementwise('hardSigmoid', {
  value: (x) => tf.div(clip(tf.add(x, 3), 0, 6), 6),
  gradient: (dy, x) => where(within(x, -3, 3), tf.mul(dy, 1 / 6)),
  keeps: 'x',
});
