import { fillCounterUniform, type Rng } from '@tenfold/random';
import * as tf from '@tensorflow/tfjs-core';

export interface DropoutOptions {
  /** Probability that an element becomes 0, in [0, 1). */
  rate: number;
  /** The stream the mask is drawn from; needed while training with a rate above 0. */
  rng?: Rng;
  /** Whether anything is dropped; true by default. */
  training?: boolean;
}

/**
 * Dropout: a random part of the elements becomes 0, the rest grows so that the expectation stays.
 *
 * y = x·m/(1 − p), with m = 0 with probability p and 1 otherwise, independently for each element; dx = dy·m/(1 − p)
 *
 * The stream gives two words, the key of `fillCounterUniform`, whose i-th number says whether element i is dropped: below
 * p it is. Runs the kernel `Dropout` where the backend has it, forward and backward; no mask is kept then.
 *
 * @param x any shape
 * @returns the shape of x; x itself when nothing is dropped
 * @throws when rate is outside [0, 1), or there is no rng to draw from
 * @example
 * dropout(tf.ones([2, 3]), { rate: 0.5, rng: createRng(1) }); // zeros and twos
 * @see Srivastava et al., "Dropout", 2014, http://jmlr.org/papers/v15/srivastava14a.html, section 4
 */
export function dropout<T extends tf.Tensor>(x: T, { rate, rng, training = true }: DropoutOptions): T {
  if (!(rate >= 0 && rate < 1)) throw new Error(`dropout: rate is ${rate}; give a probability in [0, 1)`);
  if (!training || rate === 0) return x;
  if (!rng) {
    throw new Error(
      'dropout: no rng to draw from while training; pass { rng: createRng(seed) }, or train with a seed',
    );
  }
  const key = [rng.integer(2 ** 32), rng.integer(2 ** 32)] as const;
  return tf.tidy(() =>
    tf.getKernel(KERNEL, tf.getBackend()) ? fused(x, rate, key) : composed(x, rate, key),
  );
}

const KERNEL = 'Dropout';
type Key = readonly [number, number];

// Linear in x with a factor per element that the key makes again: the gradient is the same kernel on dy.
function fused<T extends tf.Tensor>(x: T, rate: number, key: Key): T {
  const drop = (x: tf.Tensor): tf.Tensor => tf.engine().runKernel(KERNEL, { x }, { rate, key: [...key] });
  return tf.customGrad((x) => ({ value: drop(x as tf.Tensor), gradFunc: (dy) => drop(dy) }))(x) as T;
}

function composed<T extends tf.Tensor>(x: T, rate: number, key: Key): T {
  const kept = 1 / (1 - rate);
  const mask = fillCounterUniform(new Float32Array(x.size), key);
  for (let i = 0; i < mask.length; i++) mask[i] = mask[i]! < rate ? 0 : kept;
  return tf.mul(x, tf.tensor(mask, x.shape));
}
