import * as tf from '@tensorflow/tfjs-core';
import { type ActivationFunction, elementwise } from './elementwise';
import { where } from './piecewise';

/**
 * Piecewise quadratic approximation of `silu`, also called hard swish: x weighted by its hard sigmoid.
 *
 * f(x) = x·min(max(x + 3, 0), 6) / 6; f'(x) = 0 where x < −3, 1 where x ≥ 3, (2·x + 3) / 6 between
 *
 * @param x any shape; values in ℝ
 * @returns the shape of x; values in [−0.375, ∞)
 * @example
 * hardSilu([-4, 0, 1]); // [0, 0, 0.6667]
 * @see Howard et al., "Searching for MobileNetV3", 2019, https://arxiv.org/abs/1905.02244, section 5.2
 */
export const hardSilu: ActivationFunction = /* @__PURE__ */ elementwise('hardSilu', {
  value: (x) => {
    const parabola = tf.mul(x, tf.div(tf.add(x, 3), 6));
    return tf.where(tf.less(x, -3), tf.zerosLike(x), tf.where(tf.less(x, 3), parabola, x));
  },
  gradient(dy, x) {
    const slope = tf.where(tf.less(x, 3), tf.div(tf.add(tf.mul(x, 2), 3), 6), tf.onesLike(x));
    return where(tf.greaterEqual(x, -3), tf.mul(dy, slope));
  },
  keeps: 'x',
});
