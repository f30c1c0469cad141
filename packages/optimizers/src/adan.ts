import { assertOptions, fraction, positive } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer';
import { perParameter } from './per-parameter';
import { type LearningRate, learningRateKind } from './schedule';
import { nonNegativeZeros } from './slot';
import { type WeightDecayOptions, weightDecayKinds } from './weight-decay';

export interface AdanOptions extends WeightDecayOptions {
  /** η ≥ 0, a number or a schedule; 1e-3 by default. */
  learningRate?: LearningRate | undefined;
  /** β₁ in [0, 1), the decay rate of the mean gradient; 0.98 by default. */
  beta1?: number | undefined;
  /** β₂ in [0, 1), the decay rate of the mean difference of gradients; 0.92 by default. */
  beta2?: number | undefined;
  /** β₃ in [0, 1), the decay rate of the mean square; 0.99 by default. */
  beta3?: number | undefined;
  /** ε > 0, added to the denominator; 1e-8 by default. */
  epsilon?: number | undefined;
}

/**
 * Adan: Nesterov momentum for adaptive steps, estimated from differences of gradients.
 *
 * d = g − g₋₁, 0 at the first gradient; m ← β₁·m + (1 − β₁)·g, v ← β₂·v + (1 − β₂)·d, n ← β₃·n + (1 − β₃)·(g + β₂·d)²,
 * u = (m/(1 − β₁ᵗ) + β₂·v/(1 − β₂ᵗ))/(√(n/(1 − β₃ᵗ)) + ε), θ ← (θ − η·u)/(1 + η·λ) for the t-th gradient of θ
 *
 * Each β is 1 minus the paper's, and the bias is corrected, as in the authors' code.
 *
 * @returns an optimizer with the slots `mean`, `difference`, `square` and `previous`
 * @throws when an option is unknown or out of range; `init` throws when `only` matches no parameter
 * @example
 * const optimizer = adan({ learningRate: 1e-3, weightDecay: 0.02 });
 * @see Xie et al., "Adan: Adaptive Nesterov Momentum Algorithm for Faster Optimizing Deep Models", 2022,
 *   https://arxiv.org/abs/2208.06677, algorithm 1
 */
export function adan(options: AdanOptions = {}): Optimizer {
  assertOptions('adan', options, {
    learningRate: learningRateKind,
    beta1: fraction,
    beta2: fraction,
    beta3: fraction,
    epsilon: positive,
    ...weightDecayKinds,
  });
  const { learningRate = 1e-3, beta1 = 0.98, beta2 = 0.92, beta3 = 0.99, epsilon = 1e-8, ...decay } = options;
  return perParameter({
    name: 'adan',
    learningRate,
    ...decay,
    countsSteps: true,
    slots: {
      mean: tf.zerosLike,
      difference: tf.zerosLike,
      square: nonNegativeZeros,
      previous: tf.zerosLike,
    },
    rule({ gradient: g, parameter, slots, step, learningRate: rate, weightDecay }) {
      const t = step + 1;
      const d = step === 0 ? tf.zerosLike(g) : tf.sub(g, slots.previous);
      const m = tf.add(tf.mul(slots.mean, beta1), tf.mul(g, 1 - beta1));
      const v = tf.add(tf.mul(slots.difference, beta2), tf.mul(d, 1 - beta2));
      const ahead = tf.square(tf.add(g, tf.mul(d, beta2)));
      const n = tf.add(tf.mul(slots.square, beta3), tf.mul(ahead, 1 - beta3));
      const numerator = tf.add(tf.div(m, 1 - beta1 ** t), tf.mul(v, beta2 / (1 - beta2 ** t)));
      const u = tf.div(numerator, tf.add(tf.sqrt(tf.div(n, 1 - beta3 ** t)), epsilon));
      // (θ − η·u)/(1 + η·λ) − θ is −η·(u + λ·θ)/(1 + η·λ).
      const decayed = weightDecay === 0 ? u : tf.add(u, tf.mul(parameter, weightDecay));
      return {
        direction: tf.div(decayed, 1 + rate * weightDecay),
        decays: true,
        slots: { mean: m, difference: v, square: n, previous: g },
      };
    },
  });
}
