import { assertOptions, count, required } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { assertScores, ofTensor } from '../ops/input-tensor';

export interface AlibiOptions {
  /** Number of heads, each with its own slope. */
  heads: number;
}

/**
 * Attention with linear biases (ALiBi): lowers the scores of attention in proportion to the distance, which replaces positions and works
 * for longer sequences than those of the training.
 *
 * y[n, h, i, j] = x[n, h, i, j] − m_h·|i + keys − queries − j|, with m_h = 2^(−8h/H), h = 1 … H, for H heads. If H is not a power of 2,
 * the slopes are those of the next lower power P, and then every second one of 2·P, as in the paper's code.
 *
 * Pass it to attention as the option `scoreBias`.
 *
 * @returns a function that keeps the shape [batch, heads, queries, keys]
 * @throws when an option is unknown or out of range, or the input is not such scores
 * @example
 * multiHeadAttention({ features: 64, heads: 4, causal: true, scoreBias: alibi({ heads: 4 }) });
 * @see Press, Smith, Lewis, "Train Short, Test Long", 2021, https://arxiv.org/abs/2108.12409, section 3
 */
export function alibi(options: AlibiOptions): (scores: tf.Tensor) => tf.Tensor {
  assertOptions('alibi', options, { heads: required(count) });
  const { heads } = options;
  const slopes = slopesOf(heads);
  return ofTensor('alibi', (scores) => {
    const [queries, keys] = assertScores('alibi', scores, heads);
    const distances = Float32Array.from(
      { length: queries * keys },
      (_, i) => -Math.abs(Math.floor(i / keys) + keys - queries - (i % keys)),
    );
    const biases = tf.mul(tf.tensor(slopes, [heads, 1, 1]), tf.tensor(distances, [1, queries, keys]));
    return tf.add(scores, biases);
  });
}

function slopesOf(heads: number): number[] {
  const lower = 2 ** Math.floor(Math.log2(heads));
  const first = Array.from({ length: lower }, (_, h) => 2 ** ((-8 * (h + 1)) / lower));
  const between = Array.from({ length: heads - lower }, (_, h) => 2 ** ((-8 * (2 * h + 1)) / (2 * lower)));
  return [...first, ...between];
}
