import { fused, withGradient } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { type AxisOptions, alongAxis } from './along-axis';

export interface SoftmaxOptions extends AxisOptions {
  /** The axis whose entries sum to 1; a negative axis counts from the end. −1 by default. */
  axis?: number;
}

/**
 * Softmax: converts the scores along one axis to probabilities.
 *
 * pᵢ = e^(xᵢ − m) / Σⱼ e^(xⱼ − m), m = maxⱼ xⱼ; dxᵢ = pᵢ·(dyᵢ − Σⱼ dyⱼ·pⱼ)
 *
 * The gradient runs the kernel `SoftmaxGrad` where the backend has it.
 *
 * @param x rank 1 or more; values in ℝ, or −∞ for an entry of probability 0
 * @returns the shape of x; values in [0, 1] that sum to 1 along the axis
 * @throws when x has no such axis
 * @example
 * softmax([1, 2, 3]); // [0.0900, 0.2447, 0.6652]
 * @see Goodfellow, Bengio, Courville, "Deep Learning", 2016, section 6.2.2.3
 */
export const softmax = /* @__PURE__ */ alongAxis<SoftmaxOptions>('softmax', (x) =>
  withGradient([x], {
    forward: (x) => {
      const y = tf.softmax(x);
      return { value: y, saved: [y] };
    },
    backward: (dy, [y]) =>
      fused('SoftmaxGrad', { dy, y: y! }, {}, () => [
        tf.mul(y!, tf.sub(dy, tf.sum(tf.mul(dy, y!), -1, true))),
      ]),
  }),
);
