import { assertOptions, fraction, nonNegative, positive } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer';
import { perParameter } from './per-parameter';
import { type LearningRate, learningRateKind } from './schedule';
import { nonNegativeZeros } from './slot';
import { type WeightDecayOptions, weightDecayKinds } from './weight-decay';

export interface NadamOptions extends WeightDecayOptions {
  /** η ≥ 0, a number or a schedule; 2e-3 by default. */
  learningRate?: LearningRate | undefined;
  /** β₁ in [0, 1), the decay rate of the mean gradient; 0.9 by default. */
  beta1?: number | undefined;
  /** β₂ in [0, 1), the decay rate of the mean squared gradient; 0.999 by default. */
  beta2?: number | undefined;
  /** ψ ≥ 0, how fast the momentum rises to β₁; 4e-3 by default. */
  momentumDecay?: number | undefined;
  /** ε > 0, added to the denominator; 1e-8 by default. */
  epsilon?: number | undefined;
}

/**
 * NAdam: Adam with Nesterov momentum.
 *
 * g ← g + λ·θ, m ← β₁·m + (1 − β₁)·g, v ← β₂·v + (1 − β₂)·g², d = √(v/(1 − β₂ᵗ)) + ε,
 * θ ← θ − η·((1 − μₜ)/(1 − Πₜ)·g + μₜ₊₁/(1 − Πₜ₊₁)·m)/d, μₜ = β₁·(1 − 0.96^(t·ψ)/2), Πₜ = μ₁·…·μₜ, for the t-th gradient of θ
 *
 * @returns an optimizer with the slots `mean` and `square`
 * @throws when an option is unknown or out of range; `init` throws when `only` matches no parameter
 * @example
 * const optimizer = nadam({ learningRate: 2e-3 });
 * @see Dozat, "Incorporating Nesterov Momentum into Adam", 2016, https://openreview.net/forum?id=OM0jvwB8jIp57ZJjtNEZ
 */
export function nadam(options: NadamOptions = {}): Optimizer {
  assertOptions('nadam', options, {
    learningRate: learningRateKind,
    beta1: fraction,
    beta2: fraction,
    epsilon: positive,
    momentumDecay: nonNegative,
    ...weightDecayKinds,
  });
  const {
    learningRate = 2e-3,
    beta1 = 0.9,
    beta2 = 0.999,
    momentumDecay = 4e-3,
    epsilon = 1e-8,
    ...decay
  } = options;
  const momentum = (t: number) => beta1 * (1 - 0.96 ** (t * momentumDecay) / 2);
  const products = [1];
  const product = (t: number) => {
    for (let i = products.length; i <= t; i++) products.push(products[i - 1]! * momentum(i));
    return products[t]!;
  };
  return perParameter({
    name: 'nadam',
    learningRate,
    ...decay,
    decoupled: false,
    countsSteps: true,
    slots: { mean: tf.zerosLike, square: nonNegativeZeros },
    rule({ gradient: g, slots: { mean, square }, step }) {
      const t = step + 1;
      const m = tf.add(tf.mul(mean, beta1), tf.mul(g, 1 - beta1));
      const v = tf.add(tf.mul(square, beta2), tf.mul(tf.square(g), 1 - beta2));
      const root = tf.add(tf.sqrt(tf.div(v, 1 - beta2 ** t)), epsilon);
      const now = tf.mul(g, (1 - momentum(t)) / (1 - product(t)));
      const next = tf.mul(m, momentum(t + 1) / (1 - product(t + 1)));
      return { direction: tf.div(tf.add(now, next), root), slots: { mean: m, square: v } };
    },
  });
}
