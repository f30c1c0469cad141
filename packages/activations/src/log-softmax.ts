import { withGradient } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { type AxisOptions, alongAxis } from './along-axis';
import { constant, largest } from './piecewise';

export interface LogSoftmaxOptions extends AxisOptions {
  /** The axis whose exponentials sum to 1; a negative axis counts from the end. −1 by default. */
  axis?: number;
}

/**
 * Logarithm of the softmax, without cancellation or overflow.
 *
 * fᵢ(x) = xᵢ − m − log Σⱼ e^(xⱼ − m), m = maxⱼ xⱼ; dxᵢ = dyᵢ − e^fᵢ·Σⱼ dyⱼ
 *
 * @param x rank 1 or more; values in ℝ, or −∞ for an entry of probability 0
 * @returns the shape of x; values in [−∞, 0]
 * @throws when x has no such axis
 * @example
 * logSoftmax([1, 2, 3]); // [-2.4076, -1.4076, -0.4076]
 * @see Goodfellow, Bengio, Courville, "Deep Learning", 2016, section 6.2.2.3
 */
export const logSoftmax = /* @__PURE__ */ alongAxis<LogSoftmaxOptions>('logSoftmax', (x) =>
  withGradient([x], {
    forward: (x) => {
      const shifted = tf.sub(x!, constant(x!, largest));
      const y = tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), -1, true)));
      return { value: y, saved: [y] };
    },
    backward: (dy, [y]) => [tf.sub(dy, tf.mul(tf.exp(y!), tf.sum(dy, -1, true)))],
  }),
);
