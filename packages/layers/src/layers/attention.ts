import { assertOptions, count, func, required } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { type Initializer, torchUniform, zeros } from '../initializers';
import { block } from '../model/block';
import { defineLayer } from '../model/define-layer';
import type { Context, Layer } from '../model/layer';
import { assertTokens, inputTensor } from '../ops/input-tensor';
import {
  type AttentionMask,
  attentionWeights,
  scaledDotProductAttention,
} from '../ops/scaled-dot-product-attention';
import { type DenseParams, dense } from './dense';

export interface AttentionOptions {
  /** Size of the queries and of the output, D. */
  features: number;
  /** Number of heads; must divide features. */
  heads: number;
  /** Size of the keys and values; features by default. */
  keyFeatures?: number;
  /** Initializer of the kernels of query, key and value; `torchUniform()` by default. Biases start at 0. */
  initializer?: Initializer;
  /** Initializer of the output's kernel, by default `initializer`. With `zeros()`, a residual block starts as the identity. */
  outputInitializer?: Initializer;
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
   * Which keys to attend to, [batch, keys]: 1 or true for a key, 0 or false for padding, which may hold any values, even NaN.
   * Without a mask, all keys. It is not an additive mask: a value other than 0 and 1 makes the outputs of its example NaN.
   */
  mask?: tf.Tensor | undefined;
}

/** The parameters of attention. */
export interface AttentionParams {
  /** The projection of the queries. */
  query: DenseParams;
  /** The projection of the keys. */
  key: DenseParams;
  /** The projection of the values. */
  value: DenseParams;
  /** The projection of the concatenated heads. */
  output: DenseParams;
}

/**
 * Multi-head attention: each query takes a weighted mean of the values in each head.
 *
 * Q = query·W_Q + b_Q, K and V likewise, each split into heads of d = D/heads features;
 * y = concat_h(softmax(Q_h·K_hᵀ/√d)·V_h)·W_O + b_O, where masked keys have the weight 0
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
    initializer: func,
    outputInitializer: func,
  });
  const { features, heads, keyFeatures = features, initializer = torchUniform() } = options;
  const { outputInitializer = initializer } = options;
  assertHeads('attention', features, heads);
  const parts = projections(features, keyFeatures, initializer, outputInitializer);
  return defineLayer(
    'attention',
    block(parts, (l, input: AttentionInput, context) => {
      const { query, key, value, mask } = checkInput(input, features, keyFeatures);
      // A weight of 0 would not remove NaN and infinities, so padding is set to 0 first.
      const [k, v] = mask ? [key, value].map((tokens) => maskTokens(tokens, mask)) : [key, value];
      return l.output(
        attendAndRecord(l.query(query), l.key(k!), l.value(v!), heads, { keys: mask }, context),
      );
    }),
  );
}

/** Throws unless heads divides features. */
export function assertHeads(name: string, features: number, heads: number): void {
  if (features % heads === 0) return;
  throw new Error(`${name}: features is ${features} and heads is ${heads}; heads must divide features`);
}

/** Sets the tokens [batch, keys, features] to 0 where the mask [batch, keys] is 0. */
function maskTokens(tokens: tf.Tensor, mask: tf.Tensor): tf.Tensor {
  const shown = tf.expandDims(tf.notEqual(mask, 0), 2);
  return tf.where(tf.broadcastTo(shown, tokens.shape), tokens, tf.zerosLike(tokens));
}

/** The dense layers before and after attention. */
export function projections(
  features: number,
  keyFeatures: number,
  initializer: Initializer,
  outputInitializer: Initializer,
) {
  const project = (inFeatures: number, kernel: Initializer) =>
    dense({ inFeatures, outFeatures: features, initializer: kernel, biasInitializer: zeros() });
  return {
    query: project(features, initializer),
    key: project(keyFeatures, initializer),
    value: project(keyFeatures, initializer),
    output: project(features, outputInitializer),
  };
}

/** Applies attention to projected tokens. Computes the weights only if there is a `record`. */
export function attendAndRecord(
  query: tf.Tensor,
  key: tf.Tensor,
  value: tf.Tensor,
  heads: number,
  mask: AttentionMask,
  { record }: Context,
): tf.Tensor {
  if (record) tf.tidy(() => record('attention', { weights: attentionWeights(query, key, heads, mask) }));
  return scaledDotProductAttention(query, key, value, heads, mask);
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
  const mask = input.mask && zerosAndOnes(inputTensor('attention', input.mask, 'mask'));
  assertTokens('attention', query, features);
  const shape = [query.shape[0]!, key.shape[1]!];
  const expected = [...shape, keyFeatures].join();
  if (key.shape.join() !== expected || value.shape.join() !== expected) {
    throw new Error(
      `attention: key has shape [${key.shape}] and value [${value.shape}]; give both as [batch, keys, ${keyFeatures}] with the batch of the query, ${shape[0]}`,
    );
  }
  if (mask && mask.shape.join() !== shape.join()) {
    throw new Error(`attention: mask has shape [${mask.shape}]; give [batch, keys], here [${shape}]`);
  }
  return { query, key, value, mask };
}

/**
 * The mask with NaN for values other than 0 and 1. In an additive mask, 0 is a key to attend to. Its values are not read back from
 * the device, so that they cannot be an error.
 */
const zerosAndOnes = (mask: tf.Tensor): tf.Tensor =>
  tf.where(tf.logicalOr(tf.equal(mask, 0), tf.equal(mask, 1)), mask, tf.fill(mask.shape, Number.NaN));

const tensor = {
  expected: 'a tensor',
  accepts: (value: unknown): boolean => value instanceof tf.Tensor,
};
