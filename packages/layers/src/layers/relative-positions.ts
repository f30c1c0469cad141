import { assertOptions, count, flag, required } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { type Initializer, normal } from '../initializers';
import { initializerKind } from '../initializers/initializer';
import { defineLayer } from '../model/define-layer';
import type { Layer } from '../model/layer';
import { parameter } from '../model/parameter';
import { assertScores, inputTensor } from '../ops/input-tensor';

export interface RelativePositionsOptions {
  /** Number of heads, each with its own biases. */
  heads: number;
  /** Number of learned biases of a head, an even number of at least 4 if bidirectional, otherwise at least 2; 32 by default. */
  buckets?: number;
  /** Distance from which all keys share a bias, above a half of the buckets of one direction; 128 by default. */
  maxDistance?: number;
  /** Whether half of the buckets are for later keys; otherwise they count as distance 0. True by default. */
  bidirectional?: boolean;
  /** Initializer of the biases; by default, normal with standard deviation 0.02. */
  initializer?: Initializer;
}

/**
 * Relative positions of T5: adds a learned bias to the scores of attention by the distance of key and query. Near distances have a
 * bias each; farther ones share it in ranges that grow with the logarithm.
 *
 * y[n, h, i, j] = x[n, h, i, j] + E[bucket(j − i − keys + queries), h]; the parameter `embedding` E has the shape [buckets, heads]
 *
 * Pass it to attention as the option `scoreBias`.
 *
 * @returns a layer that keeps the shape [batch, heads, queries, keys]
 * @throws when an option is unknown or out of range, or the input is not such scores
 * @example
 * multiHeadAttention({ features: 64, heads: 4, scoreBias: relativePositions({ heads: 4 }) });
 * @see Raffel et al., "Exploring the Limits of Transfer Learning", 2019, https://arxiv.org/abs/1910.10683, section 2.1
 */
export function relativePositions(options: RelativePositionsOptions): Layer<{ embedding: tf.Variable }> {
  assertOptions('relativePositions', options, {
    heads: required(count),
    buckets: count,
    maxDistance: count,
    bidirectional: flag,
    initializer: initializerKind,
  });
  const { heads, buckets = 32, maxDistance = 128, bidirectional = true, initializer = normal() } = options;
  const perSide = bidirectional ? buckets / 2 : buckets;
  const exact = Math.floor(perSide / 2);
  if (exact < 1 || !Number.isInteger(perSide)) {
    throw new Error(
      `relativePositions: buckets is ${buckets}; give ${bidirectional ? 'an even number of at least 4' : 'at least 2'}`,
    );
  }
  if (maxDistance <= exact) {
    throw new Error(
      `relativePositions: maxDistance is ${maxDistance}; give more than ${exact}, the distances with a bias each`,
    );
  }
  /** The bucket of a distance from the query to the key. */
  const bucketOf = (offset: number): number => {
    const distance = bidirectional ? Math.abs(offset) : Math.max(0, -offset);
    const side = bidirectional && offset > 0 ? perSide : 0;
    if (distance < exact) return side + distance;
    const share = Math.log(distance / exact) / Math.log(maxDistance / exact);
    // float32, as in the original, where a distance at the limit of a range may fall on either side.
    const range = Math.floor(Math.fround(Math.fround(share) * (perSide - exact)));
    return side + Math.min(perSide - 1, exact + range);
  };
  return defineLayer('relativePositions', {
    init: (rng) => ({ embedding: parameter([buckets, heads], initializer, rng) }),
    apply({ embedding }, input) {
      const scores = inputTensor('relativePositions', input);
      const [queries, keys] = assertScores('relativePositions', scores, heads);
      const ids = Int32Array.from({ length: queries * keys }, (_, i) =>
        bucketOf((i % keys) - Math.floor(i / keys) - keys + queries),
      );
      const biases = tf.gather(embedding, tf.tensor1d(ids, 'int32'));
      return tf.add(scores, tf.reshape(tf.transpose(biases), [heads, queries, keys]));
    },
  });
}
