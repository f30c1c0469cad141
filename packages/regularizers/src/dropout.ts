import { assertOptions, flag, fraction, required } from '@tenfold/checks';
import { floatTensor, fused, type Input, withGradient } from '@tenfold/kernels';
import { fillCounterUniform, type Rng } from '@tenfold/random';
import * as tf from '@tensorflow/tfjs-core';
import { assertTensorFirst } from './assert-tensor-first';
import { noStream, streamKind } from './stream';

export interface DropoutOptions {
  /** p in [0, 1), the probability of dropping an element. */
  rate: number;
  /** The stream of random numbers; required in training if the rate is above 0. */
  rng?: Rng | undefined;
  /** Whether anything is dropped; true by default. */
  training?: boolean | undefined;
}

/**
 * Dropout: sets random elements to 0 and scales the others by 1/(1 − p).
 *
 * y = x/(1 − p), or 0 with probability p, independently for each element; dx = dy/(1 − p), or 0
 *
 * Two words from the stream are the key of `fillCounterUniform`; element i is dropped if its i-th number is below p. Runs the
 * kernel `Dropout` where the backend has it, forward and backward, without storing a mask.
 *
 * A dropped element is 0 even if it was NaN or infinite.
 *
 * @param x any shape; int32 and bool are cast
 * @returns float32 in the shape of x; x itself when nothing is dropped
 * @throws when rate is outside [0, 1), or rng is missing in training
 * @example
 * dropout(tf.ones([2, 3]), { rate: 0.5, rng: createRng(1) }); // zeros and twos
 * @see Srivastava et al., "Dropout", 2014, http://jmlr.org/papers/v15/srivastava14a.html, section 4
 */
export function dropout<T extends tf.Tensor>(x: Input<T>, options: DropoutOptions): T {
  assertTensorFirst('dropout', x, options);
  assertOptions('dropout', options, { rate: required(fraction), rng: streamKind, training: flag });
  const { rate, rng, training = true } = options;
  return tf.tidy(() => {
    const input = floatTensor<T>('dropout', 'x', x);
    if (!training || rate === 0) return input;
    if (!rng) throw noStream('dropout');
    const key = [rng.integer(2 ** 32), rng.integer(2 ** 32)] as const;
    // Linear in x, and the key reproduces the mask: the gradient is the same function of dy.
    const drop = (x: tf.Tensor) =>
      fused('Dropout', { x }, { rate, key }, () => [
        tf.where(
          tf.tensor(mask(x.size, rate, key), x.shape, 'bool'),
          tf.mul(x, 1 / (1 - rate)),
          tf.zerosLike(x),
        ),
      ])[0]!;
    return withGradient([input], {
      forward: (x) => ({ value: drop(x), saved: [] }),
      backward: (dy) => [drop(dy)],
    }) as T;
  });
}

/** 1 where an element is kept. */
function mask(size: number, rate: number, key: readonly [number, number]): Uint8Array {
  return Uint8Array.from(fillCounterUniform(new Float32Array(size), key), (u) => (u < rate ? 0 : 1));
}
