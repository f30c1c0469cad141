import { assertOptions, fraction, positive } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer';
import { perParameter } from './per-parameter';
import { type LearningRate, learningRateKind } from './schedule';
import { nonNegativeZeros } from './slot';
import { type WeightDecayOptions, weightDecayKinds } from './weight-decay';

export interface AdoptOptions extends WeightDecayOptions {
  /** η ≥ 0, a number or a schedule; 1e-3 by default. */
  learningRate?: LearningRate | undefined;
  /** β₁ in [0, 1), the decay rate of the mean normalized gradient; 0.9 by default. */
  beta1?: number | undefined;
  /** β₂ in [0, 1), the decay rate of the mean squared gradient; 0.9999 by default. */
  beta2?: number | undefined;
  /** ε > 0, the smallest denominator; 1e-6 by default. */
  epsilon?: number | undefined;
}

/**
 * ADOPT: Adam that normalizes a gradient by the earlier ones, before the momentum, and so converges for every β₂.
 *
 * At the first gradient of θ: v ← g², and no step; then m ← β₁·m + (1 − β₁)·clip(g/max(√v, ε), ±t^¼), θ ← θ − η·(m + λ·θ),
 * v ← β₂·v + (1 − β₂)·g², where t counts the earlier gradients of θ
 *
 * Weight decay is decoupled, whereas the authors' code adds it to the gradient by default.
 *
 * @returns an optimizer with the slots `mean` and `square`
 * @throws when an option is unknown or out of range; `init` throws when `only` matches no parameter
 * @example
 * const optimizer = adopt({ learningRate: 1e-3 });
 * @see Taniguchi et al., "ADOPT: Modified Adam Can Converge with Any β2 with the Optimal Rate", 2024,
 *   https://arxiv.org/abs/2411.02853, algorithm 2 and its clipping
 */
export function adopt(options: AdoptOptions = {}): Optimizer {
  assertOptions('adopt', options, {
    learningRate: learningRateKind,
    beta1: fraction,
    beta2: fraction,
    epsilon: positive,
    ...weightDecayKinds,
  });
  const { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.9999, epsilon = 1e-6, ...decay } = options;
  return perParameter({
    name: 'adopt',
    learningRate,
    ...decay,
    countsSteps: true,
    slots: { mean: tf.zerosLike, square: nonNegativeZeros },
    rule({ gradient: g, slots: { mean, square }, step }) {
      if (step === 0) {
        return { update: tf.zerosLike(g), decays: true, slots: { mean, square: tf.square(g) } };
      }
      const bound = step ** 0.25;
      const normalized = tf.clipByValue(tf.div(g, tf.maximum(tf.sqrt(square), epsilon)), -bound, bound);
      const m = tf.add(tf.mul(mean, beta1), tf.mul(normalized, 1 - beta1));
      const v = tf.add(tf.mul(square, beta2), tf.mul(tf.square(g), 1 - beta2));
      return { direction: m, slots: { mean: m, square: v } };
    },
  });
}
