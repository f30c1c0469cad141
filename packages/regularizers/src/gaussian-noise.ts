import { assertOptions, flag, nonNegative, required } from '@tenfold/checks';
import { floatTensor, type Input } from '@tenfold/kernels';
import type { Rng } from '@tenfold/random';
import * as tf from '@tensorflow/tfjs-core';
import { assertTensorFirst } from './assert-tensor-first';
import { noStream, streamKind } from './stream';

export interface GaussianNoiseOptions {
  /** σ ≥ 0, the standard deviation of the noise. */
  standardDeviation: number;
  /** The stream of random numbers; required in training if the standard deviation is above 0. */
  rng?: Rng | undefined;
  /** Whether noise is added; true by default. */
  training?: boolean | undefined;
}

/**
 * Gaussian noise: adds normally distributed numbers of mean 0, so that a network does not rely on exact values.
 *
 * y = x + σ·n, n ~ N(0, 1) independently for each element; dx = dy
 *
 * @param x any shape; int32 and bool are cast
 * @returns float32 in the shape of x; x itself when no noise is added
 * @throws when the standard deviation is negative or not finite, or rng is missing in training
 * @example
 * gaussianNoise(x, { standardDeviation: 0.1, rng: createRng(1) });
 * @see Bishop, "Training with Noise is Equivalent to Tikhonov Regularization", 1995, https://doi.org/10.1162/neco.1995.7.1.108
 */
export function gaussianNoise<T extends tf.Tensor>(x: Input<T>, options: GaussianNoiseOptions): T {
  assertTensorFirst('gaussianNoise', x, options);
  assertOptions('gaussianNoise', options, {
    standardDeviation: required(nonNegative),
    rng: streamKind,
    training: flag,
  });
  const { standardDeviation, rng, training = true } = options;
  return tf.tidy(() => {
    const input = floatTensor<T>('gaussianNoise', 'x', x);
    if (!training || standardDeviation === 0) return input;
    if (!rng) throw noStream('gaussianNoise');
    const noise = rng.fillNormal(new Float32Array(input.size)).map((n) => standardDeviation * n);
    return tf.add(input, tf.tensor(noise, input.shape)) as T;
  });
}
