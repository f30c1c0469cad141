import { assertOptions, fraction, positive } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer';
import { perParameter } from './per-parameter';
import { type LearningRate, learningRateKind } from './schedule';
import { nonNegativeZeros } from './slot';
import { type WeightDecayOptions, weightDecayKinds } from './weight-decay';

export interface AdaBeliefOptions extends WeightDecayOptions {
  /** η ≥ 0, a number or a schedule; 1e-3 by default. */
  learningRate?: LearningRate | undefined;
  /** β₁ in [0, 1), the decay rate of the mean gradient; 0.9 by default. */
  beta1?: number | undefined;
  /** β₂ in [0, 1), the decay rate of the squared error of the mean gradient; 0.999 by default. */
  beta2?: number | undefined;
  /** ε > 0, added to the squared error and to the denominator; 1e-8 by default. */
  epsilon?: number | undefined;
}

/**
 * AdaBelief: Adam that divides by how far gradients are from their mean, so that it takes large steps where they agree.
 *
 * m ← β₁·m + (1 − β₁)·g, s ← β₂·s + (1 − β₂)·(g − m)² + ε, θ ← θ − η·((m/(1 − β₁ᵗ))/(√(s/(1 − β₂ᵗ)) + ε) + λ·θ)
 * for the t-th gradient of θ
 *
 * @returns an optimizer with the slots `mean` and `error`
 * @throws when an option is unknown or out of range; `init` throws when `only` matches no parameter
 * @example
 * const optimizer = adaBelief({ learningRate: 1e-3, weightDecay: 1e-2 });
 * @see Zhuang et al., "AdaBelief Optimizer", 2020, https://arxiv.org/abs/2010.07468, algorithm 2
 */
export function adaBelief(options: AdaBeliefOptions = {}): Optimizer {
  assertOptions('adaBelief', options, {
    learningRate: learningRateKind,
    beta1: fraction,
    beta2: fraction,
    epsilon: positive,
    ...weightDecayKinds,
  });
  const { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, ...decay } = options;
  return perParameter({
    name: 'adaBelief',
    learningRate,
    ...decay,
    countsSteps: true,
    slots: { mean: tf.zerosLike, error: nonNegativeZeros },
    rule({ gradient: g, slots: { mean, error }, step }) {
      const m = tf.add(tf.mul(mean, beta1), tf.mul(g, 1 - beta1));
      const deviation = tf.mul(tf.square(tf.sub(g, m)), 1 - beta2);
      const s = tf.add(tf.add(tf.mul(error, beta2), deviation), epsilon);
      const root = tf.sqrt(tf.div(s, 1 - beta2 ** (step + 1)));
      const direction = tf.div(tf.div(m, 1 - beta1 ** (step + 1)), tf.add(root, epsilon));
      return { direction, slots: { mean: m, error: s } };
    },
  });
}
