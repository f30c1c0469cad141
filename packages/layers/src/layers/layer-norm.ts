import { assertOptions, count, positive, required } from '@tenfold/checks';
import type * as tf from '@tensorflow/tfjs-core';
import { ones, zeros } from '../initializers';
import { defineLayer } from '../model/define-layer';
import type { Layer } from '../model/layer';
import { parameter } from '../model/parameter';
import { assertLastAxis, inputTensor } from '../ops/input-tensor';
import { normalizeRows } from '../ops/normalize-rows';

export interface LayerNormOptions {
  /** Size of the last axis, along which each position is normalized. */
  features: number;
  /** Added to the variance, above 0; 1e-5 by default. */
  epsilon?: number;
}

/** The parameters of {@link layerNorm}. */
export interface LayerNormParams {
  /** Scale, [features]. */
  gamma: tf.Variable;
  /** Shift, [features]. */
  beta: tf.Variable;
}

/**
 * Layer normalization: normalizes each position by the mean and variance of its features.
 *
 * y = γ·(x − μ)/√(σ² + ε) + β, with μ and the biased σ² over the last axis; the same in training and afterwards
 *
 * The squares of the distances from μ must be finite in float32: a distance above about 1e19 gives 0.
 *
 * Runs the kernels `LayerNorm` and `LayerNormGrad` where the backend has them.
 *
 * @returns a layer that keeps the shape [batch, …, features]; γ starts at 1 and β at 0
 * @throws when an option is unknown or out of range, or the input's last axis is not features
 * @example
 * sequential([dense({ inFeatures: 8, outFeatures: 64 }), layerNorm({ features: 64 }), gelu]);
 * @see Ba, Kiros, Hinton, "Layer Normalization", 2016, https://arxiv.org/abs/1607.06450, equation 3
 */
export function layerNorm(options: LayerNormOptions): Layer<LayerNormParams> {
  assertOptions('layerNorm', options, { features: required(count), epsilon: positive });
  const { features, epsilon = 1e-5 } = options;
  return defineLayer('layerNorm', {
    init: (rng) => ({ gamma: parameter([features], ones(), rng), beta: parameter([features], zeros(), rng) }),
    apply({ gamma, beta }, input) {
      const x = inputTensor('layerNorm', input);
      assertLastAxis('layerNorm', x, 'features', features);
      return normalizeRows(x, gamma, beta, epsilon);
    },
  });
}
