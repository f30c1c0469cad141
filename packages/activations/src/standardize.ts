import { positive } from '@tenfold/checks';
import { withGradient } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { type AxisOptions, alongAxis } from './along-axis';

export interface StandardizeOptions extends AxisOptions {
  /** The axis along which mean and variance are taken; a negative axis counts from the end. −1 by default. */
  axis?: number;
  /** Added to the variance; a positive number, 1e-5 by default. */
  epsilon?: number;
}

/**
 * Standardization: shifts and scales the entries along one axis to mean 0 and variance 1.
 *
 * y = (x − μ)·r, r = 1 / √(σ² + ε), with the mean μ and the biased variance σ²; dx = r·(dy − mean(dy) − y·mean(dy·y))
 *
 * It is layer normalization without parameters. The squares of the distances from μ must be finite in float32: a distance above
 * about 1e19 gives 0.
 *
 * @param x rank 1 or more; values in ℝ
 * @returns the shape of x; mean 0 and variance of at most 1 along the axis
 * @throws when x has no such axis or epsilon is not positive
 * @example
 * standardize([1, 2, 3]); // [-1.2247, 0, 1.2247]
 * @see Ba, Kiros, Hinton, "Layer Normalization", 2016, https://arxiv.org/abs/1607.06450, section 3
 */
export const standardize = /* @__PURE__ */ alongAxis<StandardizeOptions>(
  'standardize',
  (x, { epsilon = 1e-5 }) =>
    withGradient([x], {
      forward: (x) => ({ value: parts(x, epsilon).y, saved: [x] }),
      backward(dy, [x]) {
        const { y, r } = parts(x!, epsilon);
        const shift = tf.mean(dy, -1, true);
        const scale = tf.mul(y, tf.mean(tf.mul(dy, y), -1, true));
        return [tf.mul(r, tf.sub(tf.sub(dy, shift), scale))];
      },
    }),
  { epsilon: positive },
);

function parts(x: tf.Tensor, epsilon: number): { y: tf.Tensor; r: tf.Tensor } {
  const centered = tf.sub(x, tf.mean(x, -1, true));
  const r = tf.rsqrt(tf.add(tf.mean(tf.square(centered), -1, true), epsilon));
  return { y: tf.mul(centered, r), r };
}
