import { assertOptions, flag, fraction, required } from '@tenfold/checks';
import { floatTensor, type Input, withGradient } from '@tenfold/kernels';
import { fillCounterUniform, type Rng } from '@tenfold/random';
import * as tf from '@tensorflow/tfjs-core';
import { assertTensorFirst } from './assert-tensor-first';
import { noStream, streamKind } from './stream';

export interface AlphaDropoutOptions {
  /** p in [0, 1), the probability of dropping an element. */
  rate: number;
  /** The stream of random numbers; required in training if the rate is above 0. */
  rng?: Rng | undefined;
  /** Whether anything is dropped; true by default. */
  training?: boolean | undefined;
}

/** The limit of `selu` for x → −∞, −λ·α of its paper. */
const LOWEST = -1.7580993408473766;

/**
 * Alpha dropout, for networks of `selu`: sets random elements to the lowest value of selu, and scales and shifts all so that mean 0 and
 * variance 1 are kept.
 *
 * y = a·x + b, or a·l + b with probability p, independently for each element; l = −1.7581, a = 1/√((1 − p)·(1 + p·l²)), b = −a·p·l;
 * dx = a·dy, or 0
 *
 * Two words from the stream are the key of `fillCounterUniform`; element i is dropped if its i-th number is below p.
 *
 * @param x any shape, of mean 0 and variance 1; int32 and bool are cast
 * @returns float32 in the shape of x; x itself when nothing is dropped
 * @throws when rate is outside [0, 1), or rng is missing in training
 * @example
 * alphaDropout(selu(x), { rate: 0.1, rng: createRng(1) });
 * @see Klambauer et al., "Self-Normalizing Neural Networks", 2017, https://arxiv.org/abs/1706.02515, section 2.4
 */
export function alphaDropout<T extends tf.Tensor>(x: Input<T>, options: AlphaDropoutOptions): T {
  assertTensorFirst('alphaDropout', x, options);
  assertOptions('alphaDropout', options, { rate: required(fraction), rng: streamKind, training: flag });
  const { rate, rng, training = true } = options;
  return tf.tidy(() => {
    const input = floatTensor<T>('alphaDropout', 'x', x);
    if (!training || rate === 0) return input;
    if (!rng) throw noStream('alphaDropout');
    const key = [rng.integer(2 ** 32), rng.integer(2 ** 32)] as const;
    const kept = Uint8Array.from(fillCounterUniform(new Float32Array(input.size), key), (u) =>
      u < rate ? 0 : 1,
    );
    const scale = 1 / Math.sqrt((1 - rate) * (1 + rate * LOWEST ** 2));
    const shift = -scale * rate * LOWEST;
    const select = (x: tf.Tensor, dropped: number, shift: number): tf.Tensor =>
      tf.where(
        tf.tensor(kept, x.shape, 'bool'),
        tf.add(tf.mul(x, scale), shift),
        tf.fill(x.shape, scale * dropped + shift),
      );
    return withGradient([input], {
      forward: (x) => ({ value: select(x, LOWEST, shift), saved: [] }),
      backward: (dy) => [select(dy, 0, 0)],
    }) as T;
  });
}
