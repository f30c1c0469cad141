import type * as tf from '@tensorflow/tfjs-core';
import { ones, zeros } from '../initializers';
import type { Layer, Params } from '../model/layer';
import { assertSizes, parameter } from '../model/parameter';
import { normalizeRows } from '../ops/normalize-rows';

export interface LayerNormOptions {
  /** Size of the last axis, over which each position is normalised. */
  features: number;
  /** Added to the variance, > 0; 1e-5 by default. */
  epsilon?: number;
}

export interface LayerNormParams extends Params {
  gamma: tf.Variable;
  beta: tf.Variable;
}

/**
 * Layer normalisation: every position is normalised by the mean and variance of its own features.
 *
 * y = γ·(x − μ)/√(σ² + ε) + β, with μ and the biased σ² over the last axis; the same in training and afterwards
 *
 * Runs the kernels `LayerNorm` and `LayerNormGrad` where the backend has them.
 *
 * @returns a layer that keeps the shape [batch, …, features]; γ begins as 1 and β as 0
 * @throws when a size or number is out of its range, or the input's last axis is not features
 * @example
 * sequential([dense({ inFeatures: 8, outFeatures: 64 }), layerNorm({ features: 64 }), gelu]);
 * @see Ba, Kiros, Hinton, "Layer Normalization", 2016, https://arxiv.org/abs/1607.06450, equation 3
 */
export function layerNorm({ features, epsilon = 1e-5 }: LayerNormOptions): Layer<LayerNormParams> {
  assertSizes('layerNorm', { features });
  if (!(epsilon > 0)) {
    throw new Error(`layerNorm: epsilon is ${epsilon}; give a positive number such as 1e-5`);
  }
  return {
    init: (rng) => ({ gamma: parameter([features], ones(), rng), beta: parameter([features], zeros(), rng) }),
    apply({ gamma, beta }, x) {
      if (x.shape.at(-1) !== features) {
        throw new Error(
          `layerNorm: the input has shape [${x.shape}] but features is ${features}; its last axis must have that size`,
        );
      }
      return normalizeRows(x, gamma, beta, epsilon);
    },
  };
}
