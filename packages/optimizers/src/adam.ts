import { assertOptions, fraction, positive } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer';
import { perParameter } from './per-parameter';
import { type LearningRate, learningRateKind } from './schedule';
import { nonNegativeZeros } from './slot';
import type { WeightDecayOptions } from './weight-decay';

export interface AdamOptions {
  /** η ≥ 0, a number or a schedule; 1e-3 by default. */
  learningRate?: LearningRate | undefined;
  /** β₁ in [0, 1), the decay rate of the mean gradient; 0.9 by default. */
  beta1?: number | undefined;
  /** β₂ in [0, 1), the decay rate of the mean squared gradient; 0.999 by default. */
  beta2?: number | undefined;
  /** ε > 0, added to the denominator; 1e-8 by default. */
  epsilon?: number | undefined;
}

export const adamKinds = {
  learningRate: learningRateKind,
  beta1: fraction,
  beta2: fraction,
  epsilon: positive,
};

/**
 * Adam: divides the mean gradient by the root of the mean squared gradient.
 *
 * m ← β₁·m + (1 − β₁)·g, v ← β₂·v + (1 − β₂)·g², θ ← θ − η·(m/(1 − β₁ᵗ)) / (√(v/(1 − β₂ᵗ)) + ε) for the t-th gradient of θ
 *
 * Runs the kernel `AdamWList`, or `AdamW` for each parameter, where the backend has it.
 *
 * @returns an optimizer with the slots `mean` and `square`
 * @throws when an option is unknown or out of range
 * @example
 * const optimizer = adam({ learningRate: 1e-3 });
 * @see Kingma, Ba, "Adam", 2014, https://arxiv.org/abs/1412.6980, algorithm 1
 */
export function adam(options: AdamOptions = {}): Optimizer {
  assertOptions('adam', options, adamKinds, { weightDecay: 'adamW', only: 'adamW' });
  return adamRule('adam', options);
}

/** The rule of Adam, and of AdamW with decoupled weight decay. */
export function adamRule(name: string, options: AdamOptions & WeightDecayOptions): Optimizer {
  const { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, ...decay } = options;
  return perParameter({
    name,
    learningRate,
    ...decay,
    countsSteps: true,
    slots: { mean: tf.zerosLike, square: nonNegativeZeros },
    kernel: 'AdamW',
    attributes: (step) => ({ beta1, beta2, epsilon, step }),
    rule({ gradient: g, slots: { mean, square }, step }) {
      const m = tf.add(tf.mul(mean, beta1), tf.mul(g, 1 - beta1));
      const v = tf.add(tf.mul(square, beta2), tf.mul(tf.square(g), 1 - beta2));
      const root = tf.sqrt(tf.div(v, 1 - beta2 ** (step + 1)));
      const direction = tf.div(tf.div(m, 1 - beta1 ** (step + 1)), tf.add(root, epsilon));
      return { direction, slots: { mean: m, square: v } };
    },
  });
}
