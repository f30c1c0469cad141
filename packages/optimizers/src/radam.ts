import { assertOptions, fraction, positive } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer';
import { perParameter } from './per-parameter';
import { type LearningRate, learningRateKind } from './schedule';
import { nonNegativeZeros } from './slot';
import { type WeightDecayOptions, weightDecayKinds } from './weight-decay';

export interface RadamOptions extends WeightDecayOptions {
  /** η ≥ 0, a number or a schedule; 1e-3 by default. */
  learningRate?: LearningRate | undefined;
  /** β₁ in [0, 1), the decay rate of the mean gradient; 0.9 by default. */
  beta1?: number | undefined;
  /** β₂ in [0, 1), the decay rate of the mean squared gradient; 0.999 by default. */
  beta2?: number | undefined;
  /** ε > 0, added to the denominator; 1e-8 by default. */
  epsilon?: number | undefined;
}

/**
 * RAdam: Adam whose first steps are rectified, or without a denominator, while its variance is unknown. It needs no warm-up.
 *
 * g ← g + λ·θ, m and v as in Adam; ρ∞ = 2/(1 − β₂) − 1, ρₜ = ρ∞ − 2·t·β₂ᵗ/(1 − β₂ᵗ) for the t-th gradient of θ;
 * θ ← θ − η·r·(m/(1 − β₁ᵗ))·√(1 − β₂ᵗ)/(√v + ε) where ρₜ > 5, r = √((ρₜ − 4)(ρₜ − 2)·ρ∞/((ρ∞ − 4)(ρ∞ − 2)·ρₜ)),
 * and θ ← θ − η·m/(1 − β₁ᵗ) before
 *
 * @returns an optimizer with the slots `mean` and `square`
 * @throws when an option is unknown or out of range; `init` throws when `only` matches no parameter
 * @example
 * const optimizer = radam({ learningRate: 1e-3 });
 * @see Liu et al., "On the Variance of the Adaptive Learning Rate and Beyond", 2019, https://arxiv.org/abs/1908.03265,
 *   algorithm 2; the threshold is PyTorch's
 */
export function radam(options: RadamOptions = {}): Optimizer {
  assertOptions('radam', options, {
    learningRate: learningRateKind,
    beta1: fraction,
    beta2: fraction,
    epsilon: positive,
    ...weightDecayKinds,
  });
  const { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, ...decay } = options;
  const limit = 2 / (1 - beta2) - 1;
  return perParameter({
    name: 'radam',
    learningRate,
    ...decay,
    decoupled: false,
    countsSteps: true,
    slots: { mean: tf.zerosLike, square: nonNegativeZeros },
    rule({ gradient: g, slots: { mean, square }, step }) {
      const t = step + 1;
      const m = tf.add(tf.mul(mean, beta1), tf.mul(g, 1 - beta1));
      const v = tf.add(tf.mul(square, beta2), tf.mul(tf.square(g), 1 - beta2));
      const unbiased = tf.div(m, 1 - beta1 ** t);
      const left = 1 - beta2 ** t;
      const length = limit - (2 * t * beta2 ** t) / left;
      if (length <= 5) return { direction: unbiased, slots: { mean: m, square: v } };
      const part = ((length - 4) * (length - 2) * limit) / ((limit - 4) * (limit - 2) * length);
      const scale = tf.div(Math.sqrt(part * left), tf.add(tf.sqrt(v), epsilon));
      return { direction: tf.mul(unbiased, scale), slots: { mean: m, square: v } };
    },
  });
}
