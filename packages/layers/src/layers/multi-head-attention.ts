import { assertOptions, count, func, required } from '@tenfold/checks';
import { type Initializer, torchUniform } from '../initializers';
import { block } from '../model/block';
import { defineLayer } from '../model/define-layer';
import type { Layer } from '../model/layer';
import { assertTokens, inputTensor } from '../ops/input-tensor';
import { type AttentionParams, assertHeads, attendAndRecord, projections } from './attention';

export interface MultiHeadAttentionOptions {
  /** Size of the tokens, D. */
  features: number;
  /** Number of heads; must divide features. */
  heads: number;
  /** Initializer of the kernels of query, key and value; `torchUniform()` by default, ±1/√features. Biases start at 0. */
  initializer?: Initializer;
  /** Initializer of the output's kernel, by default `initializer`. With `zeros()`, a residual block starts as the identity. */
  outputInitializer?: Initializer;
}

/**
 * Multi-head self-attention: each token takes a weighted mean of all tokens in each head.
 *
 * Q = x·W_Q + b_Q, K and V likewise, each split into heads of d = D/heads features;
 * y = concat_h(softmax(Q_h·K_hᵀ/√d)·V_h)·W_O + b_O
 *
 * The parameters are those of `attention`. Use `attention` for cross-attention and padding masks.
 *
 * @returns a layer that keeps the shape [batch, tokens, features]
 * @throws when an option is unknown or out of range, heads does not divide features, or the input is not such a batch
 * @example
 * block({ norm: layerNorm({ features: 64 }), attention: multiHeadAttention({ features: 64, heads: 4 }) },
 *   (l, x) => tf.add(x, l.attention(l.norm(x))));
 * @see Vaswani et al., "Attention Is All You Need", 2017, https://arxiv.org/abs/1706.03762, section 3.2
 */
export function multiHeadAttention(options: MultiHeadAttentionOptions): Layer<AttentionParams> {
  assertOptions('multiHeadAttention', options, {
    features: required(count),
    heads: required(count),
    initializer: func,
    outputInitializer: func,
  });
  const { features, heads, initializer = torchUniform() } = options;
  const { outputInitializer = initializer } = options;
  assertHeads('multiHeadAttention', features, heads);
  return defineLayer(
    'multiHeadAttention',
    block(projections(features, features, initializer, outputInitializer), (l, input, context) => {
      const x = inputTensor('multiHeadAttention', input);
      assertTokens('multiHeadAttention', x, features);
      return l.output(attendAndRecord(l.query(x), l.key(x), l.value(x), heads, {}, context));
    }),
  );
}
