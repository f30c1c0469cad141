import { softmax } from '@tenfold/activations';
import * as tf from '@tensorflow/tfjs-core';
import { torchUniform, zeros } from '../initializers';
import { block } from '../model/block';
import type { Layer } from '../model/layer';
import { assertSizes, parameter } from '../model/parameter';
import { dense } from './dense';
import type { MultiHeadAttentionOptions } from './multi-head-attention';

/**
 * Multi-head self-attention for small data sets: no token attends to itself, and every head learns how sharply it looks.
 *
 * As `multiHeadAttention`, with the scores τ_h·Q_h·K_hᵀ, −∞ on their diagonal, and τ_h trained from 1/√d on.
 *
 * The parameters are those of `multiHeadAttention` and `temperature.scale` τ, [heads]. A token that is alone attends to
 * itself.
 *
 * @returns a layer that keeps the shape [batch, tokens, features]
 * @throws when a size is not a positive integer, heads does not divide features, or the input is not such a batch
 * @example
 * block({ norm: layerNorm({ features: 64 }), attention: localitySelfAttention({ features: 64, heads: 4 }) },
 *   (l, x) => tf.add(x, l.attention(l.norm(x))));
 * @see Lee, Lee, Song, "Vision Transformer for Small-Size Datasets", 2021, https://arxiv.org/abs/2112.13492, section 3.2
 */
export function localitySelfAttention({
  features,
  heads,
  initializer = torchUniform(),
  outputInitializer = initializer,
}: MultiHeadAttentionOptions): Layer {
  assertSizes('localitySelfAttention', { features, heads });
  if (features % heads !== 0) {
    throw new Error(
      `localitySelfAttention: features is ${features} and heads is ${heads}; heads must divide features`,
    );
  }
  const size = features / heads;
  const project = (kernel: typeof initializer) =>
    dense({ inFeatures: features, outFeatures: features, initializer: kernel, biasInitializer: zeros() });
  /** τ·√d times what it is given, so that softmax(Q·Kᵀ/√d) of it is what this layer takes. */
  const temperature: Layer = {
    init: (rng) => ({ scale: parameter([heads], (shape) => fill(shape, 1 / Math.sqrt(size)), rng) }),
    apply: ({ scale }, query) =>
      tf.tidy(() => {
        const perHead = tf.mul(tf.reshape(scale as tf.Variable, [heads, 1]), Math.sqrt(size));
        const split = tf.reshape(query, [query.shape[0]!, query.shape[1]!, heads, size]);
        return tf.reshape(tf.mul(split, perHead), query.shape);
      }),
  };
  const parts = {
    query: project(initializer),
    key: project(initializer),
    value: project(initializer),
    output: project(outputInitializer),
    temperature,
  };
  return block(parts, (l, x, { countFlops, onAttention }) => {
    if (x.rank !== 3 || x.shape[2] !== features) {
      throw new Error(
        `localitySelfAttention: the input has shape [${x.shape}]; give tokens [batch, tokens, ${features}], since features is ${features}`,
      );
    }
    const [batch, tokens] = x.shape as [number, number, number];
    countFlops?.('attention', 4 * batch * tokens * tokens * features);
    const [query, key] = [l.temperature(l.query(x)), l.key(x)];
    onAttention?.(query, key, heads, false);
    return l.output(attendToOthers(query, key, l.value(x), heads));
  });
}

/** Q, K, V and the result: [batch, tokens, heads·d]. */
function attendToOthers(query: tf.Tensor, key: tf.Tensor, value: tf.Tensor, heads: number): tf.Tensor {
  const [batch, tokens, features] = query.shape as [number, number, number];
  const split = (t: tf.Tensor) =>
    tf.transpose(tf.reshape(t, [batch, tokens, heads, features / heads]), [0, 2, 1, 3]);
  const scaled = tf.mul(split(query), 1 / Math.sqrt(features / heads));
  const scores = tf.sub(tf.matMul(scaled, split(key), false, true), tf.mul(tf.eye(tokens), FAR));
  const mixed = tf.matMul(softmax(scores), split(value));
  return tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [batch, tokens, features]);
}

const FAR = 1e9; // and not infinity, of which a token that is alone would make NaN

const fill = (shape: number[], value: number) => new Float32Array(tf.util.sizeFromShape(shape)).fill(value);
