import { assertOptions, fraction, match, nonNegative } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer';
import { perParameter } from './per-parameter';
import { type LearningRate, learningRateKind } from './schedule';
import { signOf } from './sign-of';
import type { Match } from './weight-decay';

export interface BetaLassoOptions {
  /** η ≥ 0, a number or a schedule; 0.1 by default. */
  learningRate?: LearningRate | undefined;
  /** λ ≥ 0, the weight of the L1 penalty; 1e-5 by default. */
  lambda?: number | undefined;
  /** β ≥ 0: parameters below β·λ become 0; 50 by default. */
  beta?: number | undefined;
  /** μ in [0, 1), the momentum; 0 by default. */
  momentum?: number | undefined;
  /** The parameters that become sparse, all by default; the others take plain steps. /kernel$/ excludes biases and norms. */
  only?: Match | undefined;
}

/**
 * β-LASSO: gradient descent with an L1 penalty that sets small parameters to 0. Dense layers become sparse and local, like
 * convolutions.
 *
 * b ← μ·b + g, θ ← θ − η·(b + λ·sign(θ)), then θ ← 0 where |θ| < β·λ
 *
 * A parameter that is 0 returns when a single step is as large as β·λ. Start with parameters that are larger than β·λ.
 *
 * @returns an optimizer with the slot `momentum`, unless momentum is 0
 * @throws when an option is unknown or out of range; `init` throws when `only` matches no parameter
 * @example
 * const optimizer = betaLasso({ learningRate: cosineDecay({ peak: 0.1, totalSteps: 4000 }), lambda: 1e-5, only: /kernel$/ });
 * @see Neyshabur, "Towards Learning Convolutions from Scratch", 2020, https://arxiv.org/abs/2007.13657, algorithm 1
 */
export function betaLasso(options: BetaLassoOptions = {}): Optimizer {
  assertOptions('betaLasso', options, {
    learningRate: learningRateKind,
    lambda: nonNegative,
    beta: nonNegative,
    momentum: fraction,
    only: match,
  });
  const { learningRate = 0.1, lambda = 1e-5, beta = 50, momentum = 0, only } = options;
  return perParameter<'momentum'>({
    name: 'betaLasso',
    learningRate,
    weightDecay: lambda,
    only,
    ...(momentum > 0 && { slots: { momentum: tf.zerosLike } }),
    rule({ gradient: g, parameter, slots, learningRate: rate, weightDecay: weight }) {
      const b = momentum > 0 ? tf.add(tf.mul(slots.momentum, momentum), g) : g;
      const step = tf.mul(tf.add(b, tf.mul(signOf(parameter), weight)), -rate);
      const isSmall = tf.less(tf.abs(tf.add(parameter, step)), beta * weight);
      const update = tf.where(isSmall, tf.neg(parameter), step);
      return { update, decays: true, slots: { momentum: b } };
    },
  });
}
