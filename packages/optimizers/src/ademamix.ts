import { assertOptions, fraction, index, nonNegative, positive } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer';
import { perParameter } from './per-parameter';
import { type LearningRate, learningRateKind } from './schedule';
import { nonNegativeZeros } from './slot';
import { type WeightDecayOptions, weightDecayKinds } from './weight-decay';

export interface AdemamixOptions extends WeightDecayOptions {
  /** η ≥ 0, a number or a schedule; 1e-3 by default. */
  learningRate?: LearningRate | undefined;
  /** β₁ in [0, 1), the decay rate of the fast mean gradient; 0.9 by default. */
  beta1?: number | undefined;
  /** β₂ in [0, 1), the decay rate of the mean squared gradient; 0.999 by default. */
  beta2?: number | undefined;
  /** β₃ in [0, 1), the decay rate of the slow mean gradient; 0.9999 by default. */
  beta3?: number | undefined;
  /** α ≥ 0, the weight of the slow mean gradient; 5 by default. */
  alpha?: number | undefined;
  /** T, the number of steps in which α rises from 0 and β₃ from β₁, an integer of at least 0; 0 by default. */
  warmupSteps?: number | undefined;
  /** ε > 0, added to the denominator; 1e-8 by default. */
  epsilon?: number | undefined;
}

/**
 * AdEMAMix: Adam with a second, slow mean of the gradients, so that gradients of many steps ago still count.
 *
 * m ← β₁·m + (1 − β₁)·g, s ← β₃ₜ·s + (1 − β₃ₜ)·g, v ← β₂·v + (1 − β₂)·g²,
 * θ ← θ − η·((m/(1 − β₁ᵗ) + αₜ·s)/(√(v/(1 − β₂ᵗ)) + ε) + λ·θ) for the t-th gradient of θ
 *
 * For t < T, αₜ = α·t/T, and the half-life of β₃ₜ rises linearly from that of β₁ to that of β₃: with h(β) = ln ½/ln β − 1,
 * h(β₃ₜ) = (1 − t/T)·h(β₁) + (t/T)·h(β₃), as in the authors' code. Use a T of the length of the training. The paper's α is 5 to 10.
 *
 * @returns an optimizer with the slots `mean`, `slowMean` and `square`
 * @throws when an option is unknown or out of range; `init` throws when `only` matches no parameter
 * @example
 * const optimizer = ademamix({ learningRate: 1e-3, alpha: 8, warmupSteps: 20000, weightDecay: 0.1 });
 * @see Pagliardini et al., "The AdEMAMix Optimizer: Better, Faster, Older", 2024, https://arxiv.org/abs/2409.03137, algorithm 1
 */
export function ademamix(options: AdemamixOptions = {}): Optimizer {
  assertOptions('ademamix', options, {
    learningRate: learningRateKind,
    beta1: fraction,
    beta2: fraction,
    beta3: fraction,
    alpha: nonNegative,
    warmupSteps: index,
    epsilon: positive,
    ...weightDecayKinds,
  });
  const { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, beta3 = 0.9999, epsilon = 1e-8 } = options;
  const { alpha = 5, warmupSteps = 0, weightDecay, only } = options;
  // A β of 0 has no half-life; the authors' code adds 1e-8 as well.
  const halfLife = (beta: number) => Math.log(0.5) / Math.log(beta + 1e-8) - 1;
  const slowRate = (t: number) => {
    if (t >= warmupSteps) return beta3;
    const share = t / warmupSteps;
    return 0.5 ** (1 / ((1 - share) * halfLife(beta1) + share * halfLife(beta3) + 1));
  };
  return perParameter({
    name: 'ademamix',
    learningRate,
    weightDecay,
    only,
    countsSteps: true,
    slots: { mean: tf.zerosLike, slowMean: tf.zerosLike, square: nonNegativeZeros },
    rule({ gradient: g, slots: { mean, slowMean, square }, step }) {
      const t = step + 1;
      const m = tf.add(tf.mul(mean, beta1), tf.mul(g, 1 - beta1));
      const rate = slowRate(t);
      const s = tf.add(tf.mul(slowMean, rate), tf.mul(g, 1 - rate));
      const v = tf.add(tf.mul(square, beta2), tf.mul(tf.square(g), 1 - beta2));
      const weight = t < warmupSteps ? (alpha * t) / warmupSteps : alpha;
      const numerator = tf.add(tf.div(m, 1 - beta1 ** t), tf.mul(s, weight));
      const root = tf.sqrt(tf.div(v, 1 - beta2 ** t));
      return {
        direction: tf.div(numerator, tf.add(root, epsilon)),
        slots: { mean: m, slowMean: s, square: v },
      };
    },
  });
}
