import { show } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';

/** Keys and values that causal attention has computed for earlier tokens; see {@link createCache}. */
export interface KeyValueCache {
  /** The number of tokens that it holds, which is the position of the next one. */
  readonly length: number;
  /** Removes and disposes all keys and values, to start another text or to end. */
  clear(): void;
}

/** The keys and values of one attention layer. */
interface Entry {
  /** [batch, tokens, features of all heads] */
  key: tf.Tensor;
  value: tf.Tensor;
}

/** The calls of attention layers in one pass, in their order. */
interface Pass {
  entries: Entry[];
  tokens: number;
}

class Cache implements KeyValueCache {
  length = 0;
  private entries: Entry[] = [];
  private pass: Pass | undefined;

  clear(): void {
    disposeAll(this.entries);
    this.entries = [];
    this.length = 0;
  }

  run<T>(body: () => T): T {
    if (this.pass) throw new Error('cache: another pass is using it; call createCache() once for each model');
    const pass: Pass = { entries: [], tokens: 0 };
    this.pass = pass;
    try {
      const result = body();
      if (pass.entries.length !== this.entries.length && this.length > 0) {
        throw new Error(
          `cache: it has the keys of ${this.entries.length} attention layers, but this model called ${pass.entries.length}; call clear() before another model uses it`,
        );
      }
      disposeAll(this.entries);
      this.entries = pass.entries;
      this.length += pass.tokens;
      return result;
    } catch (error) {
      disposeAll(pass.entries);
      throw error;
    } finally {
      this.pass = undefined;
    }
  }

  extend(name: string, key: tf.Tensor, value: tf.Tensor): Entry {
    const { pass } = this;
    if (!pass)
      throw new Error(
        `${name}: a cache works within model.apply or model.predict only; call the model instead of the layer`,
      );
    const before = this.entries[pass.entries.length];
    const tokens = key.shape[1]!;
    if (this.length > 0 && before === undefined) {
      throw new Error(
        `${name}: the cache has the keys of ${this.entries.length} attention layers, and this one is another; call clear() before another model uses it`,
      );
    }
    if (before && (before.key.shape[0] !== key.shape[0] || before.key.shape[2] !== key.shape[2])) {
      const [batch, , features] = before.key.shape;
      throw new Error(
        `${name}: the cache has keys of ${features} features for a batch of ${batch}, but these are [${key.shape}]; call clear() before another batch or model`,
      );
    }
    if (pass.entries.length > 0 && pass.tokens !== tokens) {
      throw new Error(
        `${name}: with a cache, all attention layers take the same tokens, but one took ${pass.tokens} and this one ${tokens}`,
      );
    }
    pass.tokens = tokens;
    const join = (old: tf.Tensor | undefined, now: tf.Tensor) =>
      tf.keep(old ? tf.concat([old, now], 1) : tf.clone(now));
    const entry = { key: join(before?.key, key), value: join(before?.value, value) };
    pass.entries.push(entry);
    return entry;
  }
}

const disposeAll = (entries: readonly Entry[]): void => {
  for (const { key, value } of entries) tf.dispose([key, value]);
};

/**
 * Makes a key-value cache for generation: a model with causal attention then computes only the new tokens of a text, and attends to
 * the keys and values of the earlier ones.
 *
 * Each call of `model.apply(tokens, { cache })` takes the tokens that follow those of the calls before, one or several. The result is
 * that of a pass over all tokens, for the new ones. `learnedPositions`, `sinCosPositions1d` and `rotaryPositions` count on from
 * `cache.length`. A call that fails changes nothing. All layers must be causal or act on each token alone; cross-attention reads its keys
 * anew.
 *
 * @example
 * const cache = createCache();
 * const first = model.apply(prompt, { cache }); // [batch, tokens, …]
 * const next = model.apply(token, { cache }); // [batch, 1, …]
 * cache.clear();
 * @see Pope et al., "Efficiently Scaling Transformer Inference", 2022, https://arxiv.org/abs/2211.05102, section 2
 */
export function createCache(): KeyValueCache {
  return new Cache();
}

/** Whether a value is a cache. */
export const isCache = (value: unknown): value is KeyValueCache => value instanceof Cache;

/** Runs a pass of a model, which extends the cache if it succeeds. */
export const runWithCache = <T>(cache: KeyValueCache | undefined, body: () => T): T =>
  cache === undefined ? body() : asCache(cache).run(body);

/** Adds the keys and values of new tokens, and returns those of all tokens, [batch, tokens, features]. They belong to the cache. */
export const extendCache = (name: string, cache: KeyValueCache, key: tf.Tensor, value: tf.Tensor): Entry =>
  asCache(cache).extend(name, key, value);

function asCache(cache: KeyValueCache): Cache {
  if (cache instanceof Cache) return cache;
  throw new Error(`cache is ${show(cache)}; give a cache of createCache()`);
}
