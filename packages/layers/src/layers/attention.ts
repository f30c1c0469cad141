import { assertOptions, count, required } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { defineLayer } from '../model/define-layer';
import type { Layer } from '../model/layer';
import {
  type AttentionParams,
  type AttentionVariants,
  attentionOf,
  maskTokens,
  readMask,
  variantKinds,
} from '../ops/attend';
import { assertTokens, inputTensor } from '../ops/input-tensor';

export interface AttentionOptions extends AttentionVariants {
  /** Size of the queries and of the output, D. */
  features: number;
  /** Number of heads; must divide features. */
  heads: number;
  /** Size of the keys and values; features by default. */
  keyFeatures?: number;
}

/** The input of {@link attention}. */
export interface AttentionInput {
  /** [batch, queries, features] */
  query: tf.Tensor;
  /** [batch, keys, keyFeatures] */
  key: tf.Tensor;
  /** [batch, keys, keyFeatures]; the keys by default. */
  value?: tf.Tensor | undefined;
  /**
   * Which keys to attend to, [batch, keys]: 1 or true for a key, 0 or false for padding, which may hold any values, even NaN. Or
   * which pairs, [batch, queries, keys] or [batch, heads, queries, keys], where batch and heads may be 1. Without a mask, all keys.
   * It is not an additive mask: a value other than 0 and 1 makes the outputs of its example NaN.
   */
  mask?: tf.Tensor | undefined;
}

/**
 * Multi-head attention: each query takes a weighted mean of the values in each head.
 *
 * Q = query·W_Q + b_Q, K and V likewise, each split into heads of d = D/heads features;
 * y = concat_h(softmax(Q_h·K_hᵀ/√d)·V_h)·W_O + b_O, where masked keys have the weight 0
 *
 * With `causal`, query i sees the keys up to i + keys − queries. With fewer `keyValueHeads`, head h reads the keys and values of head
 * ⌊h·keyValueHeads/heads⌋. `positions` changes Q_h and K_h, and `scoreBias` the scores.
 *
 * For self-attention, pass the same tensor as query and key; for padding, pass a mask. The four products are dense layers with
 * the parameters `query.kernel`, `query.bias`, `key…`, `value…`, `output…`. If all keys of a query are masked, the output is b_O.
 * Calls `context.record('attention', { weights })` with the weights [batch, heads, queries, keys].
 *
 * @returns a layer from { query, key, value?, mask? } to [batch, queries, features]
 * @throws when an option is unknown or out of range, heads does not divide features, or the shapes of the inputs do not match
 * @example
 * const cross = createModel(attention({ features: 64, heads: 4, keyFeatures: 32 }));
 * cross.predict({ query: tf.zeros([2, 5, 64]), key: tf.zeros([2, 9, 32]), mask: tf.ones([2, 9]) }); // [2, 5, 64]
 * @see Vaswani et al., "Attention Is All You Need", 2017, https://arxiv.org/abs/1706.03762, section 3.2
 */
export function attention(options: AttentionOptions): Layer<AttentionParams, AttentionInput> {
  assertOptions('attention', options, {
    features: required(count),
    heads: required(count),
    keyFeatures: count,
    ...variantKinds,
  });
  const { features, keyFeatures = features } = options;
  const { init, attend } = attentionOf('attention', options);
  return defineLayer('attention', {
    init,
    apply(params, input, context) {
      const { query, key, value, mask } = checkInput(input, features, keyFeatures);
      const isSelf = input.query === input.key;
      const tokens = { query, key: maskTokens(key, mask), value: maskTokens(value, mask), mask, isSelf };
      return attend(params, tokens, context);
    },
  });
}

function checkInput(input: AttentionInput, features: number, keyFeatures: number) {
  if (typeof input !== 'object' || input === null || input instanceof tf.Tensor) {
    throw new Error('attention: give the input as { query, key, value, mask }; value and mask are optional');
  }
  assertOptions<AttentionInput>('attention', input, {
    query: required(tensor),
    key: required(tensor),
    value: tensor,
    mask: tensor,
  });
  const [query, key] = [
    inputTensor('attention', input.query, 'query'),
    inputTensor('attention', input.key, 'key'),
  ];
  const value = input.value === undefined ? key : inputTensor('attention', input.value, 'value');
  const mask = readMask('attention', input.mask);
  assertTokens('attention', query, features);
  const shape = [query.shape[0]!, key.shape[1]!];
  const expected = [...shape, keyFeatures].join();
  if (key.shape.join() !== expected || value.shape.join() !== expected) {
    throw new Error(
      `attention: key has shape [${key.shape}] and value [${value.shape}]; give both as [batch, keys, ${keyFeatures}] with the batch of the query, ${shape[0]}`,
    );
  }
  return { query, key, value, mask };
}

const tensor = {
  expected: 'a tensor',
  accepts: (value: unknown): boolean => value instanceof tf.Tensor,
};
