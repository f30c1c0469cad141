import { assertOptions, count, oneOf, positive, required } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { defineLayer } from '../model/define-layer';
import type { Layer, NoParams } from '../model/layer';
import { inputTensor } from '../ops/input-tensor';

export interface RotaryPositionsOptions {
  /** Size of the last axis, an even number; in attention, that of a head: features/heads. */
  features: number;
  /** Base of the wavelengths, above 0; 10000 by default. */
  base?: number;
  /**
   * Which entries are rotated together: 'interleaved', 2k and 2k + 1, as in the paper and in torchtune, or 'halves', k and k +
   * features/2, as in checkpoints of Hugging Face. 'interleaved' by default.
   */
  pairs?: 'interleaved' | 'halves';
}

/**
 * Rotary positions: rotates pairs of entries by an angle proportional to the position of the token, so that scores of attention
 * depend on distances only.
 *
 * (y₁, y₂) = (x₁·cos θ − x₂·sin θ, x₁·sin θ + x₂·cos θ) for pair k, θ = (c + t)·base^(−2k/features), t the index along the second axis,
 * c = 0, or the length of the cache in generation
 *
 * Pass it to attention as the option `positions`, which applies it to queries and keys.
 *
 * @returns a layer that keeps the shape [batch, tokens, features] or [batch, tokens, heads, features]
 * @throws when an option is unknown or out of range, features is odd, or the input is not such a batch
 * @example
 * multiHeadAttention({ features: 64, heads: 4, causal: true, positions: rotaryPositions({ features: 16 }) });
 * @see Su et al., "RoFormer", 2021, https://arxiv.org/abs/2104.09864, section 3.4.2
 */
export function rotaryPositions(options: RotaryPositionsOptions): Layer<NoParams> {
  assertOptions('rotaryPositions', options, {
    features: required(count),
    base: positive,
    pairs: oneOf('interleaved', 'halves'),
  });
  const { features, base = 10_000, pairs = 'interleaved' } = options;
  if (features % 2 !== 0) {
    throw new Error(
      `rotaryPositions: features is ${features}; give an even number, because entries are rotated in pairs`,
    );
  }
  const half = features / 2;
  return defineLayer('rotaryPositions', {
    init: () => ({}),
    apply(_, input, { cache }) {
      const x = inputTensor('rotaryPositions', input);
      if ((x.rank !== 3 && x.rank !== 4) || x.shape.at(-1) !== features) {
        throw new Error(
          `rotaryPositions: the input has shape [${x.shape}]; give [batch, tokens, ${features}] or [batch, tokens, heads, ${features}], because features is ${features}`,
        );
      }
      const [batch, tokens] = x.shape as [number, number];
      const heads = x.rank === 4 ? x.shape[2]! : 1;
      const first = cache?.length ?? 0;
      const angles = Float64Array.from(
        { length: tokens * half },
        (_, i) => (first + Math.floor(i / half)) * base ** (-(i % half) / half),
      );
      const isApart = pairs === 'halves';
      const shape = isApart ? [tokens, 1, 1, half] : [tokens, 1, half, 1];
      const [cosines, sines] = [Math.cos, Math.sin].map((wave) =>
        tf.tensor(Float32Array.from(angles, wave), shape),
      );
      const axis = isApart ? 3 : 4;
      const split = isApart ? [batch, tokens, heads, 2, half] : [batch, tokens, heads, half, 2];
      const [one, two] = tf.split(tf.reshape(x, split), 2, axis);
      const turned = [
        tf.sub(tf.mul(one!, cosines!), tf.mul(two!, sines!)),
        tf.add(tf.mul(one!, sines!), tf.mul(two!, cosines!)),
      ];
      return tf.reshape(tf.concat(turned, axis), x.shape);
    },
  });
}
