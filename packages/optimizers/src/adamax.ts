import { assertOptions, fraction, positive } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer';
import { perParameter } from './per-parameter';
import { type LearningRate, learningRateKind } from './schedule';
import { nonNegativeZeros } from './slot';
import { type WeightDecayOptions, weightDecayKinds } from './weight-decay';

export interface AdamaxOptions extends WeightDecayOptions {
  /** η ≥ 0, a number or a schedule; 2e-3 by default. */
  learningRate?: LearningRate | undefined;
  /** β₁ in [0, 1), the decay rate of the mean gradient; 0.9 by default. */
  beta1?: number | undefined;
  /** β₂ in [0, 1), the decay rate of the largest gradient; 0.999 by default. */
  beta2?: number | undefined;
  /** ε > 0, added to the size of each gradient; 1e-8 by default. */
  epsilon?: number | undefined;
}

/**
 * Adamax: Adam with the largest recent gradient in place of the root mean square.
 *
 * g ← g + λ·θ, m ← β₁·m + (1 − β₁)·g, u ← max(β₂·u, |g| + ε), θ ← θ − η·(m/(1 − β₁ᵗ))/u for the t-th gradient of θ
 *
 * @returns an optimizer with the slots `mean` and `largest`
 * @throws when an option is unknown or out of range; `init` throws when `only` matches no parameter
 * @example
 * const optimizer = adamax({ learningRate: 2e-3 });
 * @see Kingma, Ba, "Adam", 2014, https://arxiv.org/abs/1412.6980, algorithm 2
 */
export function adamax(options: AdamaxOptions = {}): Optimizer {
  assertOptions('adamax', options, {
    learningRate: learningRateKind,
    beta1: fraction,
    beta2: fraction,
    epsilon: positive,
    ...weightDecayKinds,
  });
  const { learningRate = 2e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, ...decay } = options;
  return perParameter({
    name: 'adamax',
    learningRate,
    ...decay,
    decoupled: false,
    countsSteps: true,
    slots: { mean: tf.zerosLike, largest: nonNegativeZeros },
    rule({ gradient: g, slots: { mean, largest }, step }) {
      const m = tf.add(tf.mul(mean, beta1), tf.mul(g, 1 - beta1));
      const u = tf.maximum(tf.mul(largest, beta2), tf.add(tf.abs(g), epsilon));
      const direction = tf.div(tf.div(m, 1 - beta1 ** (step + 1)), u);
      return { direction, slots: { mean: m, largest: u } };
    },
  });
}
