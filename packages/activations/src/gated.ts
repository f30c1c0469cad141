import { withGradient } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { type AxisOptions, alongAxis, assertMultiple } from './along-axis';
import type { ActivationFunction } from './elementwise';

export interface GluOptions extends AxisOptions {
  /** The axis that is split into values and gates; its length is even. A negative axis counts from the end. −1 by default. */
  axis?: number;
}

/** Makes a gated linear unit: a·g(b), where a is the first half of an axis and b the second. */
export const gated = (name: string, gate: ActivationFunction) =>
  alongAxis<GluOptions>(name, (x) => {
    assertMultiple(name, x, 2);
    return withGradient([x], {
      forward(x) {
        const [a, b] = tf.split(x, 2, -1) as [tf.Tensor, tf.Tensor];
        return { value: tf.mul(a, gate(b)), saved: [x] };
      },
      backward(dy, [x]) {
        const [a, b] = tf.split(x!, 2, -1) as [tf.Tensor, tf.Tensor];
        return [tf.concat([tf.mul(dy, gate(b)), gate.gradient(tf.mul(dy, a), b)], -1)];
      },
    });
  });
