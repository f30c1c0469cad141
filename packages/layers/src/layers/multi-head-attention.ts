import { assertOptions, count, required } from '@tenfold/checks';
import type * as tf from '@tensorflow/tfjs-core';
import { defineLayer } from '../model/define-layer';
import type { Layer } from '../model/layer';
import {
  type AttentionParams,
  type AttentionVariants,
  attentionOf,
  maskTokens,
  readTokens,
  variantKinds,
} from '../ops/attend';
import { assertTokens } from '../ops/input-tensor';

export interface MultiHeadAttentionOptions extends AttentionVariants {
  /** Size of the tokens, D. */
  features: number;
  /** Number of heads; must divide features. */
  heads: number;
}

/** Tokens with a mask. */
export interface SelfAttentionInput {
  /** [batch, tokens, features] */
  x: tf.Tensor;
  /**
   * 1 for what may be seen and 0 for what may not: tokens, [batch, tokens], or pairs, [batch, tokens, tokens] or [batch, heads, tokens,
   * tokens], where batch and heads may be 1. Hidden tokens of [batch, tokens] do not change the outputs of others, even if they are NaN.
   */
  mask?: tf.Tensor | undefined;
}

/**
 * Multi-head self-attention: each token takes a weighted mean of all tokens in each head.
 *
 * Q = x·W_Q + b_Q, K and V likewise, each split into heads of d = D/heads features;
 * y = concat_h(softmax(Q_h·K_hᵀ/√d)·V_h)·W_O + b_O
 *
 * The parameters and the options are those of `attention`. Use `attention` for cross-attention. With a cache (`createCache`), causal
 * attention takes the new tokens only.
 *
 * @returns a layer from a tensor [batch, tokens, features], or { x, mask }, to the shape of the tokens
 * @throws when an option is unknown or out of range, heads does not divide features, or the input is not such a batch
 * @example
 * block({ norm: layerNorm({ features: 64 }), attention: multiHeadAttention({ features: 64, heads: 4 }) },
 *   (l, x) => tf.add(x, l.attention(l.norm(x))));
 * multiHeadAttention({ features: 64, heads: 4, causal: true, keyValueHeads: 2, positions: rotaryPositions({ features: 16 }) });
 * @see Vaswani et al., "Attention Is All You Need", 2017, https://arxiv.org/abs/1706.03762, section 3.2
 */
export function multiHeadAttention(
  options: MultiHeadAttentionOptions,
): Layer<AttentionParams, tf.Tensor | SelfAttentionInput> {
  assertOptions('multiHeadAttention', options, {
    features: required(count),
    heads: required(count),
    ...variantKinds,
  });
  const { init, attend } = attentionOf('multiHeadAttention', options);
  return defineLayer('multiHeadAttention', {
    init,
    apply(params, input, context) {
      const { x, mask } = readTokens('multiHeadAttention', input);
      assertTokens('multiHeadAttention', x, options.features);
      // With a cache, the mask is that of all keys.
      const shown = context.cache ? x : maskTokens(x, mask);
      return attend(params, { query: x, key: shown, value: shown, mask, isSelf: true }, context);
    },
  });
}
