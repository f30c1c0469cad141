import { assertOptions, count, func, required } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { type Initializer, normal } from '../initializers';
import { defineLayer } from '../model/define-layer';
import type { Layer } from '../model/layer';
import { parameter } from '../model/parameter';
import { assertTokens, inputTensor } from '../ops/input-tensor';

export interface ClassTokenOptions {
  /** Size of the tokens. */
  features: number;
  /** Number of tokens that are put first, such as one for the class and some registers; 1 by default. */
  tokens?: number;
  /** Initializer of the tokens; by default, normal with standard deviation 0.02. */
  initializer?: Initializer;
}

/**
 * Puts learned tokens before those of each example, such as the token from whose output a vision transformer classifies.
 *
 * y[n] = [E, x[n]]; the parameter `embedding` E has the shape [tokens, features]
 *
 * @returns a layer from [batch, n, features] to [batch, tokens + n, features]
 * @throws when an option is unknown or out of range, or the input is not such a batch
 * @example
 * sequential([patchEmbedding({ patchSize: 4, inChannels: 3, features: 64 }), classToken({ features: 64 })]); // [n, 65, 64]
 * @see Dosovitskiy et al., "An Image is Worth 16x16 Words", 2021, https://arxiv.org/abs/2010.11929, equation 1
 */
export function classToken(options: ClassTokenOptions): Layer<{ embedding: tf.Variable }> {
  assertOptions('classToken', options, { features: required(count), tokens: count, initializer: func });
  const { features, tokens = 1, initializer = normal() } = options;
  return defineLayer('classToken', {
    init: (rng) => ({ embedding: parameter([tokens, features], initializer, rng) }),
    apply({ embedding }, input) {
      const x = inputTensor('classToken', input);
      assertTokens('classToken', x, features);
      // Padding and adding, because tfjs cannot repeat the tokens for an empty batch.
      const own = tf.pad(embedding, [
        [0, x.shape[1]!],
        [0, 0],
      ]);
      const others = tf.pad(x, [
        [0, 0],
        [tokens, 0],
        [0, 0],
      ]);
      return tf.add(others, own);
    },
  });
}
