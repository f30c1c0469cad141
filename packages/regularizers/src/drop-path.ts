import { assertOptions, flag, fraction, required } from '@tenfold/checks';
import { floatTensor, type Input, withGradient } from '@tenfold/kernels';
import type { Rng } from '@tenfold/random';
import * as tf from '@tensorflow/tfjs-core';
import { assertTensorFirst } from './assert-tensor-first';
import { noStream, streamKind } from './stream';

export interface DropPathOptions {
  /** p in [0, 1), the probability of dropping an example. */
  rate: number;
  /** The stream of random numbers; required in training if the rate is above 0. */
  rng?: Rng | undefined;
  /** Whether anything is dropped; true by default. */
  training?: boolean | undefined;
}

/**
 * Stochastic depth: sets the branch of random examples to 0 and scales the others by 1/(1 − p). Add the result to the residual
 * connection.
 *
 * y = x/(1 − p), or 0 with probability p, independently for each example; dx = dy/(1 − p), or 0
 *
 * A dropped example is 0 even if it was NaN or infinite.
 *
 * @param x [batch, …]; int32 and bool are cast
 * @returns float32 in the shape of x; x itself when nothing is dropped
 * @throws when rate is outside [0, 1), x is a scalar, or rng is missing in training
 * @example
 * tf.add(x, dropPath(mlp(x), { rate: 0.1, rng: createRng(1) }));
 * @see Huang et al., "Deep Networks with Stochastic Depth", 2016, https://arxiv.org/abs/1603.09382, section 3
 */
export function dropPath<T extends tf.Tensor>(x: Input<T>, options: DropPathOptions): T {
  assertTensorFirst('dropPath', x, options);
  assertOptions('dropPath', options, { rate: required(fraction), rng: streamKind, training: flag });
  const { rate, rng, training = true } = options;
  return tf.tidy(() => {
    const input = floatTensor<T>('dropPath', 'x', x);
    if (input.rank === 0) throw new Error('dropPath: x is a scalar; give [batch, …]');
    if (!training || rate === 0) return input;
    if (!rng) throw noStream('dropPath');
    const kept = Uint8Array.from({ length: input.shape[0]! }, () => (rng.uniform() < rate ? 0 : 1));
    const drop = (x: tf.Tensor): tf.Tensor => {
      const isKept = tf.tensor(kept, [kept.length, ...x.shape.slice(1).map(() => 1)], 'bool');
      return tf.where(tf.broadcastTo(isKept, x.shape), tf.mul(x, 1 / (1 - rate)), tf.zerosLike(x));
    };
    return withGradient([input], {
      forward: (x) => ({ value: drop(x), saved: [] }),
      backward: (dy) => [drop(dy)],
    }) as T;
  });
}
