import * as tf from '@tensorflow/tfjs-core';
import { type Initializer, normal } from '../initializers';
import type { Layer, Params } from '../model/layer';
import { assertSizes, parameter } from '../model/parameter';

export interface LearnedPositionsOptions {
  /** How many positions there are. */
  tokens: number;
  features: number;
  /** Normal with standard deviation 0.02 by default. */
  initializer?: Initializer;
}

/**
 * Adds a trained vector to every position, since attention by itself does not know the order of its tokens.
 *
 * y[n, t] = x[n, t] + E[t]; the parameter `embedding` E has the shape [tokens, features]
 *
 * @returns a layer that keeps the shape [batch, tokens, features]
 * @throws when a size is not a positive integer, or the input is not such a batch
 * @example
 * sequential([patchEmbedding({ patchSize: 4, inChannels: 3, features: 64 }), learnedPositions({ tokens: 64, features: 64 })]);
 * @see Dosovitskiy et al., "An Image is Worth 16x16 Words", 2021, https://arxiv.org/abs/2010.11929, section 3.1
 */
export function learnedPositions({
  tokens,
  features,
  initializer = normal({ standardDeviation: 0.02 }),
}: LearnedPositionsOptions): Layer<Params & { embedding: tf.Variable }> {
  assertSizes('learnedPositions', { tokens, features });
  return {
    init: (rng) => ({ embedding: parameter([tokens, features], initializer, rng) }),
    apply({ embedding }, x) {
      assertTokens('learnedPositions', x, tokens, features);
      return tf.add(x, embedding);
    },
  };
}

/** Fails unless x is a batch of so many tokens. */
export function assertTokens(name: string, x: tf.Tensor, tokens: number, features: number): void {
  if (x.rank !== 3 || x.shape[1] !== tokens || x.shape[2] !== features) {
    throw new Error(
      `${name}: the input has shape [${x.shape}]; give a batch of ${tokens} tokens with ${features} features, [batch, ${tokens}, ${features}]`,
    );
  }
}
