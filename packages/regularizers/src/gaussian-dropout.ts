import { assertOptions, flag, fraction, required } from '@tenfold/checks';
import { floatTensor, type Input } from '@tenfold/kernels';
import type { Rng } from '@tenfold/random';
import * as tf from '@tensorflow/tfjs-core';
import { assertTensorFirst } from './assert-tensor-first';
import { noStream, streamKind } from './stream';

export interface GaussianDropoutOptions {
  /** p in [0, 1): the factors have the variance p/(1 − p), which is that of the factors of dropout with this rate. */
  rate: number;
  /** The stream of random numbers; required in training if the rate is above 0. */
  rng?: Rng | undefined;
  /** Whether anything changes; true by default. */
  training?: boolean | undefined;
}

/**
 * Gaussian dropout: multiplies the elements by normally distributed numbers of mean 1, instead of by 0 or 1/(1 − p).
 *
 * y = x·(1 + s·n), n ~ N(0, 1) independently for each element, s = √(p/(1 − p)); dx = dy·(1 + s·n)
 *
 * @param x any shape; int32 and bool are cast
 * @returns float32 in the shape of x; x itself when nothing changes
 * @throws when rate is outside [0, 1), or rng is missing in training
 * @example
 * gaussianDropout(x, { rate: 0.2, rng: createRng(1) });
 * @see Srivastava et al., "Dropout", 2014, http://jmlr.org/papers/v15/srivastava14a.html, section 10
 */
export function gaussianDropout<T extends tf.Tensor>(x: Input<T>, options: GaussianDropoutOptions): T {
  assertTensorFirst('gaussianDropout', x, options);
  assertOptions('gaussianDropout', options, { rate: required(fraction), rng: streamKind, training: flag });
  const { rate, rng, training = true } = options;
  return tf.tidy(() => {
    const input = floatTensor<T>('gaussianDropout', 'x', x);
    if (!training || rate === 0) return input;
    if (!rng) throw noStream('gaussianDropout');
    const deviation = Math.sqrt(rate / (1 - rate));
    const factors = rng.fillNormal(new Float32Array(input.size)).map((n) => 1 + deviation * n);
    return tf.mul(input, tf.tensor(factors, input.shape)) as T;
  });
}
