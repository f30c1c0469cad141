import { assertOptions, count, positive, required } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { defineLayer } from '../model/define-layer';
import type { Layer, NoParams } from '../model/layer';
import { assertTokens, inputTensor } from '../ops/input-tensor';

export interface SinCosPositions1dOptions {
  /** Size of the tokens, an even number. */
  features: number;
  /** The longest wavelength divided by 2π; 10000 by default. */
  temperature?: number;
}

/**
 * Adds sines and cosines of the position of each token: fixed position embeddings for sequences of any length.
 *
 * y[n, t, 2k] = x[n, t, 2k] + sin(θ), y[n, t, 2k + 1] = x[n, t, 2k + 1] + cos(θ), θ = (c + t)·temperature^(−2k/features), c = 0, or the
 * length of the cache in generation
 *
 * @returns a layer that keeps the shape [batch, tokens, features]
 * @throws when an option is unknown or out of range, features is odd, or the input is not such a batch
 * @example
 * block({ tokens: embedding({ vocabularySize: 256, features: 64 }), positions: sinCosPositions1d({ features: 64 }) },
 *   (l, ids) => l.positions(l.tokens(ids)));
 * @see Vaswani et al., "Attention Is All You Need", 2017, https://arxiv.org/abs/1706.03762, section 3.5
 */
export function sinCosPositions1d(options: SinCosPositions1dOptions): Layer<NoParams> {
  assertOptions('sinCosPositions1d', options, { features: required(count), temperature: positive });
  const { features, temperature = 10_000 } = options;
  if (features % 2 !== 0) {
    throw new Error(`sinCosPositions1d: features is ${features}; give an even number, for sines and cosines`);
  }
  return defineLayer('sinCosPositions1d', {
    init: () => ({}),
    apply(_, input, { cache }) {
      const x = inputTensor('sinCosPositions1d', input);
      assertTokens('sinCosPositions1d', x, features);
      const [tokens, first] = [x.shape[1]!, cache?.length ?? 0];
      const values = Float32Array.from({ length: tokens * features }, (_, i) => {
        const [at, k] = [Math.floor(i / features), Math.floor((i % features) / 2)];
        const angle = (first + at) * temperature ** ((-2 * k) / features);
        return i % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
      });
      return tf.add(x, tf.tensor(values, [tokens, features]));
    },
  });
}
