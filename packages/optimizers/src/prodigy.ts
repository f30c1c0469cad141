import { assertOptions, flag, fraction, positive } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer';
import { perParameter } from './per-parameter';
import { type LearningRate, learningRateKind } from './schedule';
import { nonNegativeZeros, type Slot } from './slot';
import { type WeightDecayOptions, weightDecayKinds } from './weight-decay';

export interface ProdigyOptions extends WeightDecayOptions {
  /** η ≥ 0, a factor of the estimated learning rate, a number or a schedule; 1 by default. */
  learningRate?: LearningRate | undefined;
  /** β₁ in [0, 1), the decay rate of the mean gradient; 0.9 by default. */
  beta1?: number | undefined;
  /** β₂ in [0, 1), the decay rate of the mean squared gradient; 0.999 by default. */
  beta2?: number | undefined;
  /** ε > 0, added to the denominator; 1e-8 by default. */
  epsilon?: number | undefined;
  /** d₀ > 0, the first estimate of the distance, which should be too small; 1e-6 by default. */
  initialDistance?: number | undefined;
  /** A factor > 0 of the estimates after the first; 1 by default. */
  distanceFactor?: number | undefined;
  /** Whether to correct the bias of the means, as Adam does; false by default. */
  biasCorrection?: boolean | undefined;
}

/**
 * Prodigy: Adam that finds its learning rate: it estimates the distance from the start to the solution.
 *
 * m ← β₁·m + d·(1 − β₁)·g, v ← β₂·v + d²·(1 − β₂)·g², r ← √β₂·r − (d/d₀)·η·d·⟨g, z⟩, s ← √β₂·s + (d/d₀)·η·d·g,
 * d ← max(d, c·r/‖s‖₁), θ ← θ − η·d'·(m/(√v + d·ε) + λ·θ), with d' the d before this step and z the sum of all steps so far
 *
 * The estimate d is one for all parameters: the sums of r and ‖s‖₁ are over all of them. With biasCorrection, η is multiplied by
 * √(1 − β₂ᵗ)/(1 − β₁ᵗ), as in the authors' code. Keep η at 1, or let it fall, as by `cosineDecay({ peak: 1, … })`. The authors'
 * z is θ − θ₀, in which float32 loses the first steps: they are a millionth of the parameters.
 *
 * @returns an optimizer with the slots `mean`, `square`, `sum`, `moved`, `numerator` and `distance`
 * @throws when an option is unknown or out of range; `init` throws when `only` matches no parameter
 * @example
 * const optimizer = prodigy({ learningRate: cosineDecay({ peak: 1, totalSteps: 5000 }), weightDecay: 0.01 });
 * @see Mishchenko, Defazio, "Prodigy: An Expeditiously Adaptive Parameter-Free Learner", 2023, https://arxiv.org/abs/2306.06101,
 *   algorithm 4
 */
export function prodigy(options: ProdigyOptions = {}): Optimizer {
  assertOptions('prodigy', options, {
    learningRate: learningRateKind,
    beta1: fraction,
    beta2: fraction,
    epsilon: positive,
    initialDistance: positive,
    distanceFactor: positive,
    biasCorrection: flag,
    ...weightDecayKinds,
  });
  const { learningRate = 1, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, biasCorrection = false } = options;
  const { initialDistance = 1e-6, distanceFactor = 1, weightDecay, only } = options;
  const keep = Math.sqrt(beta2);
  const distance: Slot = {
    start: () => tf.scalar(initialDistance),
    range: [0, Number.POSITIVE_INFINITY],
  };
  return perParameter({
    name: 'prodigy',
    learningRate,
    weightDecay,
    only,
    countsSteps: biasCorrection,
    slots: {
      mean: tf.zerosLike,
      square: nonNegativeZeros,
      sum: tf.zerosLike,
      moved: tf.zerosLike,
      numerator: () => tf.scalar(0),
      distance,
    },
    foreach(inputs) {
      if (inputs.length === 0) return [];
      // A parameter that starts late has the first estimate, the others a larger one.
      const d = tf.max(tf.stack(inputs.map(({ slots }) => slots.distance)));
      const states = inputs.map(({ gradient: g, slots, learningRate: rate, step }) => {
        const correction = biasCorrection
          ? Math.sqrt(1 - beta2 ** (step + 1)) / (1 - beta1 ** (step + 1))
          : 1;
        const eta = tf.mul(d, rate * correction);
        // d/d₀·η·d, which may exceed float32 as d².
        const weight = tf.mul(tf.div(d, initialDistance), eta);
        const away = tf.neg(tf.sum(tf.mul(g, slots.moved)));
        const scaled = tf.mul(g, d);
        return {
          eta,
          mean: tf.add(tf.mul(slots.mean, beta1), tf.mul(scaled, 1 - beta1)),
          square: tf.add(tf.mul(slots.square, beta2), tf.mul(tf.square(scaled), 1 - beta2)),
          sum: tf.add(tf.mul(slots.sum, keep), tf.mul(g, weight)),
          numerator: tf.add(tf.mul(slots.numerator, keep), tf.mul(away, weight)),
        };
      });
      const total = tf.addN(states.map(({ numerator }) => numerator));
      const norm = tf.addN(states.map(({ sum }) => tf.sum(tf.abs(sum))));
      const estimate = tf.div(tf.mul(total, distanceFactor), tf.where(tf.greater(norm, 0), norm, 1));
      // With a rate of 0 nothing is learned about the distance.
      const next = inputs[0]!.learningRate > 0 ? tf.maximum(d, estimate) : d;
      return states.map(({ eta, ...slots }, i) => {
        const { parameter, slots: before, weightDecay: lambda } = inputs[i]!;
        const step = tf.div(slots.mean, tf.add(tf.sqrt(slots.square), tf.mul(next, epsilon)));
        const decayed = lambda === 0 ? step : tf.add(step, tf.mul(parameter, lambda));
        const update = tf.neg(tf.mul(decayed, eta));
        return {
          update,
          decays: true,
          slots: { ...slots, moved: tf.add(before.moved, update), distance: next },
        };
      });
    },
  });
}
