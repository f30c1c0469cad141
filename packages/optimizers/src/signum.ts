import { assertOptions, fraction } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer';
import { perParameter } from './per-parameter';
import { type LearningRate, learningRateKind } from './schedule';
import { signOf } from './sign-of';
import { type WeightDecayOptions, weightDecayKinds } from './weight-decay';

export interface SignumOptions extends WeightDecayOptions {
  /** η ≥ 0, a number or a schedule; 1e-3 by default. */
  learningRate?: LearningRate | undefined;
  /** μ in [0, 1), the decay rate of the mean gradient; 0.9 by default. */
  momentum?: number | undefined;
}

/**
 * Signum: steps along the sign of the mean gradient, all elements by the same size.
 *
 * b ← μ·b + (1 − μ)·g, θ ← θ − η·(sign(b) + λ·θ)
 *
 * @returns an optimizer with the slots `momentum`
 * @throws when an option is unknown or out of range; `init` throws when `only` matches no parameter
 * @example
 * const optimizer = signum({ learningRate: 1e-4 });
 * @see Bernstein et al., "signSGD: Compressed Optimisation for Non-Convex Problems", 2018, https://arxiv.org/abs/1802.04434
 */
export function signum(options: SignumOptions = {}): Optimizer {
  assertOptions('signum', options, {
    learningRate: learningRateKind,
    momentum: fraction,
    ...weightDecayKinds,
  });
  const { learningRate = 1e-3, momentum = 0.9, ...decay } = options;
  return perParameter({
    name: 'signum',
    learningRate,
    ...decay,
    slots: { momentum: tf.zerosLike },
    rule({ gradient, slots }) {
      const b = tf.add(tf.mul(slots.momentum, momentum), tf.mul(gradient, 1 - momentum));
      return { direction: signOf(b), slots: { momentum: b } };
    },
  });
}
