import { assertOptions, count, required } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { type Initializer, torchUniform, zeros } from '../initializers';
import { initializerKind } from '../initializers/initializer';
import { block } from '../model/block';
import { defineLayer } from '../model/define-layer';
import type { Layer } from '../model/layer';
import { parameter } from '../model/parameter';
import { type AttentionParams, assertHeads } from '../ops/attend';
import { assertTokens, inputTensor } from '../ops/input-tensor';
import { attentionWeights, scaledDotProductAttention } from '../ops/scaled-dot-product-attention';
import { type DenseParams, dense } from './dense';

export interface LocalitySelfAttentionOptions {
  /** Size of the tokens, D. */
  features: number;
  /** Number of heads; must divide features. */
  heads: number;
  /** Initializer of the kernels of query, key and value; `torchUniform()` by default, ±1/√features. Biases start at 0. */
  initializer?: Initializer;
  /** Initializer of the output's kernel, by default `initializer`. With `zeros()`, a residual block starts as the identity. */
  outputInitializer?: Initializer;
}

/** The parameters of {@link localitySelfAttention}. */
export interface LocalitySelfAttentionParams extends AttentionParams {
  /** The learned temperature of each head, [heads]. */
  temperature: { scale: tf.Variable };
}

/**
 * Locality self-attention (LSA) for small datasets: diagonal-masked attention with a learned temperature.
 *
 * Like `multiHeadAttention`, but with the scores τ_h·Q_h·K_hᵀ, which are −∞ on the diagonal. τ_h is learned and starts at 1/√d.
 *
 * The parameters are those of `multiHeadAttention` and `temperature.scale` τ, [heads]. A single token attends to itself.
 *
 * @returns a layer that keeps the shape [batch, tokens, features]
 * @throws when an option is unknown or out of range, heads does not divide features, or the input is not such a batch
 * @example
 * block({ norm: layerNorm({ features: 64 }), attention: localitySelfAttention({ features: 64, heads: 4 }) },
 *   (l, x) => tf.add(x, l.attention(l.norm(x))));
 * @see Lee, Lee, Song, "Vision Transformer for Small-Size Datasets", 2021, https://arxiv.org/abs/2112.13492, section 3.2
 */
export function localitySelfAttention(
  options: LocalitySelfAttentionOptions,
): Layer<LocalitySelfAttentionParams> {
  assertOptions('localitySelfAttention', options, {
    features: required(count),
    heads: required(count),
    initializer: initializerKind,
    outputInitializer: initializerKind,
  });
  const { features, heads, initializer = torchUniform() } = options;
  const { outputInitializer = initializer } = options;
  assertHeads('localitySelfAttention', features, heads);
  const size = features / heads;
  // Scales the queries by τ·√d, because scaledDotProductAttention divides the scores by √d.
  const temperature: Layer<{ scale: tf.Variable }> = {
    init: (rng) => ({
      scale: parameter([heads], () => new Float32Array(heads).fill(1 / Math.sqrt(size)), rng),
    }),
    apply({ scale }, query) {
      const perHead = tf.mul(tf.reshape(scale, [heads, 1]), Math.sqrt(size));
      const split = tf.reshape(query, [query.shape[0]!, query.shape[1]!, heads, size]);
      return tf.reshape(tf.mul(split, perHead), query.shape);
    },
  };
  const project = (kernel: Initializer): Layer<DenseParams> =>
    dense({ inFeatures: features, outFeatures: features, initializer: kernel, biasInitializer: zeros() });
  const parts = {
    query: project(initializer),
    key: project(initializer),
    value: project(initializer),
    output: project(outputInitializer),
    temperature,
  };
  return defineLayer(
    'localitySelfAttention',
    block(parts, (l, input, context) => {
      const x = inputTensor('localitySelfAttention', input);
      assertTokens('localitySelfAttention', x, features);
      const { record, cache } = context;
      if (cache) {
        throw new Error(
          'localitySelfAttention: a cache needs causal attention; use multiHeadAttention({ …, causal: true })',
        );
      }
      const [query, key] = [l.temperature(l.query(x)), l.key(x)];
      const mask = { masksDiagonal: true };
      if (record) tf.tidy(() => record('attention', { weights: attentionWeights(query, key, heads, mask) }));
      return l.output(scaledDotProductAttention(query, key, l.value(x), heads, mask));
    }),
  );
}
