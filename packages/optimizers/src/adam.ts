import { assertOptions, flag, fraction, positive } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer';
import { perParameter } from './per-parameter';
import { type LearningRate, learningRateKind } from './schedule';
import { nonNegativeZeros, type Slot, type SlotStart } from './slot';
import { type WeightDecayOptions, weightDecayKinds } from './weight-decay';

export interface AdamOptions extends WeightDecayOptions {
  /** η ≥ 0, a number or a schedule; 1e-3 by default. */
  learningRate?: LearningRate | undefined;
  /** β₁ in [0, 1), the decay rate of the mean gradient; 0.9 by default. */
  beta1?: number | undefined;
  /** β₂ in [0, 1), the decay rate of the mean squared gradient; 0.999 by default. */
  beta2?: number | undefined;
  /** ε > 0, added to the denominator; 1e-8 by default. */
  epsilon?: number | undefined;
  /** Whether to divide by the largest mean square so far, which keeps steps from growing again; false by default. */
  amsgrad?: boolean | undefined;
}

export const adamKinds = {
  learningRate: learningRateKind,
  beta1: fraction,
  beta2: fraction,
  epsilon: positive,
  amsgrad: flag,
  ...weightDecayKinds,
};

/**
 * Adam: divides the mean gradient by the root of the mean squared gradient.
 *
 * g ← g + λ·θ, m ← β₁·m + (1 − β₁)·g, v ← β₂·v + (1 − β₂)·g²,
 * θ ← θ − η·(m/(1 − β₁ᵗ)) / (√(v/(1 − β₂ᵗ)) + ε) for the t-th gradient of θ
 *
 * amsgrad: l ← max(l, v), and l instead of v in the last line
 *
 * Weight decay is added to the gradient, as in PyTorch, and so is divided by the root as well; that of `adamW` is not.
 *
 * Without amsgrad, it runs the kernel `AdamWList`, or `AdamW` for each parameter, where the backend has it.
 *
 * @returns an optimizer with the slots `mean` and `square`, and `largest` with amsgrad
 * @throws when an option is unknown or out of range; `init` throws when `only` matches no parameter
 * @example
 * const optimizer = adam({ learningRate: 1e-3 });
 * @see Kingma, Ba, "Adam", 2014, https://arxiv.org/abs/1412.6980, algorithm 1; amsgrad: Reddi, Kale, Kumar, "On the Convergence
 *   of Adam and Beyond", 2018, https://arxiv.org/abs/1904.09237, algorithm 2
 */
export function adam(options: AdamOptions = {}): Optimizer {
  assertOptions('adam', options, adamKinds);
  return adamRule('adam', options, false);
}

/** The rule of Adam, and of AdamW with decoupled weight decay. */
export function adamRule(name: string, options: AdamOptions, decoupled: boolean): Optimizer {
  const { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, amsgrad = false } = options;
  const slots: Record<string, SlotStart | Slot> = {
    mean: tf.zerosLike,
    square: nonNegativeZeros,
    ...(amsgrad && { largest: nonNegativeZeros }),
  };
  return perParameter({
    name,
    learningRate,
    weightDecay: options.weightDecay,
    only: options.only,
    decoupled,
    countsSteps: true,
    slots,
    ...(!amsgrad && {
      kernel: 'AdamW' as const,
      attributes: (step: number) => ({ beta1, beta2, epsilon, step }),
    }),
    rule({ gradient: g, slots: { mean, square, largest }, step }) {
      const m = tf.add(tf.mul(mean!, beta1), tf.mul(g, 1 - beta1));
      const v = tf.add(tf.mul(square!, beta2), tf.mul(tf.square(g), 1 - beta2));
      const l = largest && tf.maximum(largest, v);
      const root = tf.sqrt(tf.div(l ?? v, 1 - beta2 ** (step + 1)));
      const direction = tf.div(tf.div(m, 1 - beta1 ** (step + 1)), tf.add(root, epsilon));
      return { direction, slots: { mean: m, square: v, largest: l } };
    },
  });
}
