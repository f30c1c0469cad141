import { assertOptions, count, positive, required } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { ones } from '../initializers';
import { defineLayer } from '../model/define-layer';
import type { Layer } from '../model/layer';
import { parameter } from '../model/parameter';
import { assertLastAxis, inputTensor } from '../ops/input-tensor';

export interface RmsNormOptions {
  /** Size of the last axis, along which each position is normalized. */
  features: number;
  /** Added to the mean square, above 0; 1e-6 by default, as in most language models. PyTorch takes the precision of the dtype. */
  epsilon?: number;
}

/** The parameters of {@link rmsNorm}. */
export interface RmsNormParams {
  /** Scale, [features]. */
  gamma: tf.Variable;
}

/**
 * Root-mean-square normalization: layer normalization without the mean and the shift.
 *
 * y = γ·x/√(mean(x²) + ε), with the mean over the last axis; the same in training and afterwards
 *
 * The squares of x must be finite in float32: values above about 1e19 give 0.
 *
 * @returns a layer that keeps the shape [batch, …, features]; γ starts at 1
 * @throws when an option is unknown or out of range, or the input's last axis is not features
 * @example
 * sequential([dense({ inFeatures: 8, outFeatures: 64 }), rmsNorm({ features: 64 }), silu]);
 * @see Zhang, Sennrich, "Root Mean Square Layer Normalization", 2019, https://arxiv.org/abs/1910.07467, equation 4
 */
export function rmsNorm(options: RmsNormOptions): Layer<RmsNormParams> {
  assertOptions('rmsNorm', options, { features: required(count), epsilon: positive });
  const { features, epsilon = 1e-6 } = options;
  return defineLayer('rmsNorm', {
    init: (rng) => ({ gamma: parameter([features], ones(), rng) }),
    apply({ gamma }, input) {
      const x = inputTensor('rmsNorm', input);
      assertLastAxis('rmsNorm', x, 'features', features);
      const square = tf.mean(tf.square(x), -1, true);
      return tf.mul(tf.mul(x, tf.rsqrt(tf.add(square, epsilon))), gamma);
    },
  });
}
