import { assertOptions, flag, fraction, required } from '@tenfold/checks';
import { floatTensor, type Input, withGradient } from '@tenfold/kernels';
import { fillCounterUniform, type Rng } from '@tenfold/random';
import * as tf from '@tensorflow/tfjs-core';
import { assertTensorFirst } from './assert-tensor-first';
import { noStream, streamKind } from './stream';

export interface SpatialDropoutOptions {
  /** p in [0, 1), the probability of dropping a channel of an example. */
  rate: number;
  /** The stream of random numbers; required in training if the rate is above 0. */
  rng?: Rng | undefined;
  /** Whether anything is dropped; true by default. */
  training?: boolean | undefined;
}

/**
 * Spatial dropout: sets random channels of each example to 0, at all of its positions, and scales the others by 1/(1 − p). Neighboring
 * pixels are alike, so that dropping single ones would hide little.
 *
 * y = x/(1 − p), or 0 with probability p, independently for each channel of each example; dx = dy/(1 − p), or 0
 *
 * Two words from the stream are the key of `fillCounterUniform`; channel c of example i is dropped if number i·channels + c is below p.
 * What is dropped is 0 even if it was NaN or infinite.
 *
 * @param x [batch, …, channels]: images, sequences or tokens; int32 and bool are cast
 * @returns float32 in the shape of x; x itself when nothing is dropped
 * @throws when rate is outside [0, 1), x has a rank below 2, or rng is missing in training
 * @example
 * spatialDropout(tf.ones([8, 32, 32, 16]), { rate: 0.2, rng: createRng(1) });
 * @see Tompson et al., "Efficient Object Localization Using Convolutional Networks", 2014, https://arxiv.org/abs/1411.4280, section 3.2
 */
export function spatialDropout<T extends tf.Tensor>(x: Input<T>, options: SpatialDropoutOptions): T {
  assertTensorFirst('spatialDropout', x, options);
  assertOptions('spatialDropout', options, { rate: required(fraction), rng: streamKind, training: flag });
  const { rate, rng, training = true } = options;
  return tf.tidy(() => {
    const input = floatTensor<T>('spatialDropout', 'x', x);
    if (input.rank < 2) {
      throw new Error(`spatialDropout: x has shape [${input.shape}]; give [batch, …, channels]`);
    }
    if (!training || rate === 0) return input;
    if (!rng) throw noStream('spatialDropout');
    const key = [rng.integer(2 ** 32), rng.integer(2 ** 32)] as const;
    const [batch, channels] = [input.shape[0]!, input.shape.at(-1)!];
    const kept = Uint8Array.from(fillCounterUniform(new Float32Array(batch * channels), key), (u) =>
      u < rate ? 0 : 1,
    );
    const drop = (x: tf.Tensor): tf.Tensor => {
      const isKept = tf.tensor(kept, [batch, ...x.shape.slice(1, -1).map(() => 1), channels], 'bool');
      return tf.where(tf.broadcastTo(isKept, x.shape), tf.mul(x, 1 / (1 - rate)), tf.zerosLike(x));
    };
    return withGradient([input], {
      forward: (x) => ({ value: drop(x), saved: [] }),
      backward: (dy) => [drop(dy)],
    }) as T;
  });
}
