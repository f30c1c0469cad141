import { count, flag, type Kinds, show } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { type Initializer, torchUniform, zeros } from '../initializers';
import { initializerKind } from '../initializers/initializer';
import { type DenseParams, dense } from '../layers/dense';
import { extendCache } from '../model/cache';
import { completeContext } from '../model/complete-context';
import { type AnyLayer, type Context, isLayer, type LayerLike } from '../model/layer';
import { applyPart, initParts, type Part, toParts } from '../model/parts';
import { inputTensor } from './input-tensor';
import {
  type AttentionMask,
  attentionWeights,
  repeatHeads,
  scaledDotProductAttention,
} from './scaled-dot-product-attention';

/** Options that all attention layers have. */
export interface AttentionVariants {
  /** Whether a query attends only to keys up to its place, so that no token depends on later ones; false by default. */
  causal?: boolean;
  /**
   * Number of heads of the keys and values; must divide heads. With fewer than heads, consecutive heads share them (grouped-query
   * attention); 1 is multi-query attention. heads by default.
   */
  keyValueHeads?: number;
  /** Whether the four projections have biases; true by default. */
  bias?: boolean;
  /** Layer of queries and keys [batch, tokens, heads, features/heads], such as `rotaryPositions({ … })`; none by default. */
  positions?: LayerLike;
  /** Layer of scores [batch, heads, queries, keys], such as `alibi({ … })` or `relativePositions({ … })`; none by default. */
  scoreBias?: LayerLike;
  /** Initializer of the kernels of query, key and value; `torchUniform()` by default. Biases start at 0. */
  initializer?: Initializer;
  /** Initializer of the output's kernel, by default `initializer`. With `zeros()`, a residual block starts as the identity. */
  outputInitializer?: Initializer;
}

const layer = { expected: 'a layer such as rotaryPositions({ … })', accepts: isLayer };

export const variantKinds: Kinds<AttentionVariants> = {
  causal: flag,
  keyValueHeads: count,
  bias: flag,
  positions: layer,
  scoreBias: layer,
  initializer: initializerKind,
  outputInitializer: initializerKind,
};

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
  /** Of the layer `positions`, if there is one. */
  positions?: object;
  /** Of the layer `scoreBias`, if there is one. */
  scoreBias?: object;
}

export interface AttentionSizes extends AttentionVariants {
  features: number;
  heads: number;
  keyFeatures?: number;
}

/** Throws unless heads divides features, and keyValueHeads divides heads. */
export function assertHeads(name: string, features: number, heads: number, keyValueHeads = heads): void {
  if (features % heads !== 0) {
    throw new Error(`${name}: features is ${features} and heads is ${heads}; heads must divide features`);
  }
  if (heads % keyValueHeads !== 0) {
    throw new Error(
      `${name}: heads is ${heads} and keyValueHeads is ${keyValueHeads}; keyValueHeads must divide heads`,
    );
  }
}

/** The layers of attention, as functions that create the parameters and compute the output. */
export function attentionOf(name: string, options: AttentionSizes) {
  const { features, heads, keyFeatures = features, keyValueHeads = heads, causal = false } = options;
  const { bias = true, positions, scoreBias, initializer = torchUniform() } = options;
  const { outputInitializer = initializer } = options;
  assertHeads(name, features, heads, keyValueHeads);
  const size = features / heads;
  const project = (inFeatures: number, outFeatures: number, kernel: Initializer) =>
    dense({ inFeatures, outFeatures, bias, initializer: kernel, biasInitializer: zeros() });
  const layers: { [name: string]: AnyLayer } = {
    query: project(features, features, initializer),
    key: project(keyFeatures, keyValueHeads * size, initializer),
    value: project(keyFeatures, keyValueHeads * size, initializer),
    output: project(features, features, outputInitializer),
    ...(positions && { positions: positions as AnyLayer }),
    ...(scoreBias && { scoreBias: scoreBias as AnyLayer }),
  };
  const parts = new Map(toParts(name, layers).map((part) => [part.name, part]));
  return {
    init: (rng: Parameters<typeof initParts>[2]) =>
      initParts(name, [...parts.values()], rng) as object as AttentionParams,

    /**
     * @param input tokens with their sizes checked; the mask has 1 for what may be seen, 0 for what may not, NaN for NaN
     * @param isSelf whether the keys are those of the same tokens
     */
    attend(
      params: AttentionParams,
      input: {
        query: tf.Tensor;
        key: tf.Tensor;
        value: tf.Tensor;
        mask?: tf.Tensor | undefined;
        isSelf: boolean;
      },
      context: Context,
    ): tf.Tensor {
      const { record, cache } = context;
      if (cache && input.isSelf && !causal) {
        throw new Error(
          `${name}: with a cache, tokens must not depend on later ones; give the option causal: true`,
        );
      }
      if (cache && causal && !input.isSelf) {
        throw new Error(`${name}: with a cache, causal attention takes the same tensor as query and key`);
      }
      const apply = (part: string, x: tf.Tensor, given = context): tf.Tensor =>
        tf.tidy(() => applyPart(parts.get(part) as Part, params[part as keyof AttentionParams]!, x, given));
      const positioned = (x: tf.Tensor, count: number, given: Context): tf.Tensor => {
        if (!positions) return x;
        const [batch, tokens] = x.shape as [number, number];
        const apart = [batch, tokens, count, size];
        return tf.reshape(
          sameShape('positions', apply('positions', tf.reshape(x, apart), given), apart),
          x.shape,
        );
      };
      const sameShape = (option: string, y: tf.Tensor, shape: number[]): tf.Tensor => {
        if (y.shape.join() === shape.join()) return y;
        throw new Error(
          `${name}: ${option} returned a tensor of shape [${y.shape}]; give a layer that keeps [${shape}]`,
        );
      };
      const query = positioned(apply('query', input.query), heads, context);
      // The keys of other tokens are not counted on from the cache.
      const ofKeys =
        cache && !input.isSelf ? completeContext(name, { ...context, cache: undefined }) : context;
      let key = positioned(apply('key', input.key), keyValueHeads, ofKeys);
      let value = apply('value', input.value);
      if (cache && input.isSelf) ({ key, value } = extendCache(name, cache, key, value));
      key = repeatHeads(key, keyValueHeads, heads);
      value = repeatHeads(value, keyValueHeads, heads);
      const [queries, keys] = [query.shape[1]!, key.shape[1]!];
      if (causal && keys < queries) {
        throw new Error(
          `${name}: there are ${queries} queries but ${keys} keys; causal attention needs a key for each query`,
        );
      }
      // A single new token sees all keys.
      const mask: AttentionMask = {
        causal: causal && queries > 1,
        ...maskOf(name, input.mask, query, keys, heads),
      };
      const biased =
        scoreBias &&
        ((scores: tf.Tensor) => sameShape('scoreBias', apply('scoreBias', scores), scores.shape));
      if (record) {
        tf.tidy(() => record('attention', { weights: attentionWeights(query, key, heads, mask, biased) }));
      }
      return apply('output', scaledDotProductAttention(query, key, value, heads, mask, biased));
    },
  };
}

/** Reads a mask [batch, keys], [batch, queries, keys] or [batch, heads, queries, keys], where batch and heads may be 1. */
function maskOf(
  name: string,
  mask: tf.Tensor | undefined,
  query: tf.Tensor,
  keys: number,
  heads: number,
): AttentionMask {
  if (!mask) return {};
  const [batch, queries] = query.shape as [number, number];
  if (mask.shape.join() === [batch, keys].join()) return { keys: mask };
  const full = mask.rank === 3 ? [mask.shape[0]!, 1, ...mask.shape.slice(1)] : mask.shape;
  const fits =
    full.length === 4 &&
    [1, batch].includes(full[0]!) &&
    [1, heads].includes(full[1]!) &&
    full[2] === queries &&
    full[3] === keys;
  if (fits) return { pairs: tf.reshape(mask, full) };
  throw new Error(
    `${name}: mask has shape [${mask.shape}]; give [batch, keys], here [${batch},${keys}], or [batch, queries, keys], or [batch, heads, queries, keys]`,
  );
}

/**
 * Converts a mask to float32, with NaN for values other than 0 and 1. In an additive mask, 0 is a key to attend to. Its values are
 * not read back from the device, so that they cannot be an error.
 */
export function readMask(name: string, mask: unknown): tf.Tensor | undefined {
  if (mask === undefined) return undefined;
  const given = inputTensor(name, mask, 'mask');
  return tf.where(
    tf.logicalOr(tf.equal(given, 0), tf.equal(given, 1)),
    given,
    tf.fill(given.shape, Number.NaN),
  );
}

/** Sets the tokens [batch, keys, features] to 0 where the mask [batch, keys] is 0: a weight of 0 would not remove NaN. */
export function maskTokens(tokens: tf.Tensor, mask: tf.Tensor | undefined): tf.Tensor {
  if (mask?.shape.join() !== tokens.shape.slice(0, 2).join()) return tokens;
  const shown = tf.expandDims(tf.notEqual(mask as tf.Tensor, 0), 2);
  return tf.where(tf.broadcastTo(shown, tokens.shape), tokens, tf.zerosLike(tokens));
}

/** The tokens and the mask of self-attention: a tensor, or `{ x, mask }`. */
export function readTokens(name: string, input: unknown): { x: tf.Tensor; mask: tf.Tensor | undefined } {
  if (
    input instanceof tf.Tensor ||
    typeof input !== 'object' ||
    input === null ||
    Array.isArray(input) ||
    !('x' in input)
  ) {
    return { x: inputTensor(name, input), mask: undefined };
  }
  const unknown = Object.keys(input).find((key) => key !== 'x' && key !== 'mask');
  if (unknown !== undefined) {
    throw new Error(`${name}: the input has ${show(unknown)}; give a tensor, or { x, mask }`);
  }
  return { x: inputTensor(name, input.x), mask: readMask(name, (input as { mask?: unknown }).mask) };
}
