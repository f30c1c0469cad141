import { assertOptions, count, required } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { type Initializer, normal } from '../initializers';
import { initializerKind } from '../initializers/initializer';
import { defineLayer } from '../model/define-layer';
import type { Layer } from '../model/layer';
import { parameter } from '../model/parameter';
import { assertTokens, inputTensor } from '../ops/input-tensor';

export interface LearnedPositionsOptions {
  /** Number of positions, the most tokens of an input. */
  tokens: number;
  /** Size of the tokens. */
  features: number;
  /** Initializer of the embedding; by default, normal with standard deviation 0.02. */
  initializer?: Initializer;
}

/**
 * Adds a learned vector to each position, because attention alone ignores the order of its tokens.
 *
 * y[n, t] = x[n, t] + E[c + t], with c = 0, or the length of the cache in generation; the parameter `embedding` E has the shape [tokens, features]
 *
 * @returns a layer that keeps the shape [batch, tokens, features]
 * @throws when an option is unknown or out of range, or the input is not such a batch
 * @example
 * sequential([patchEmbedding({ patchSize: 4, inChannels: 3, features: 64 }), learnedPositions({ tokens: 64, features: 64 })]);
 * @see Dosovitskiy et al., "An Image is Worth 16x16 Words", 2021, https://arxiv.org/abs/2010.11929, section 3.1
 */
export function learnedPositions(options: LearnedPositionsOptions): Layer<{ embedding: tf.Variable }> {
  assertOptions('learnedPositions', options, {
    tokens: required(count),
    features: required(count),
    initializer: initializerKind,
  });
  const { tokens, features, initializer = normal() } = options;
  return defineLayer('learnedPositions', {
    init: (rng) => ({ embedding: parameter([tokens, features], initializer, rng) }),
    apply({ embedding }, input, { cache }) {
      const x = inputTensor('learnedPositions', input);
      assertTokens('learnedPositions', x, features);
      const [first, count] = [cache?.length ?? 0, x.shape[1]!];
      if (first + count > tokens) {
        throw new Error(
          `learnedPositions: the input has shape [${x.shape}]${first > 0 ? ` after ${first} tokens` : ''}; give at most ${tokens} tokens in all, because tokens is ${tokens}`,
        );
      }
      return tf.add(x, count === tokens ? embedding : tf.slice(embedding, [first, 0], [count, features]));
    },
  });
}
