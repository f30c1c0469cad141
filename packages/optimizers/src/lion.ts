import { assertOptions, fraction } from '@tenfold/checks';
import type { Kernel } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer';
import { perParameter } from './per-parameter';
import { type LearningRate, learningRateKind } from './schedule';
import { signOf } from './sign-of';
import { type WeightDecayOptions, weightDecayKinds } from './weight-decay';

declare module '@tenfold/kernels' {
  interface Kernels {
    /** [update, momentum] for one parameter. */
    Lion: Kernel<
      { gradient: tf.Tensor; parameter: tf.Tensor; momentum: tf.Tensor },
      { learningRate: number; beta1: number; beta2: number; weightDecay: number }
    >;
  }
}

export interface LionOptions extends WeightDecayOptions {
  /** η ≥ 0, a number or a schedule; 1e-4 by default. Use about a tenth of Adam's learning rate. */
  learningRate?: LearningRate | undefined;
  /** β₁ in [0, 1), the weight of the momentum in the direction; 0.9 by default. */
  beta1?: number | undefined;
  /** β₂ in [0, 1), the decay rate of the momentum; 0.99 by default. */
  beta2?: number | undefined;
}

/**
 * Lion: steps along the sign of the momentum, all of the same size, with one slot instead of Adam's two.
 *
 * θ ← θ − η·(sign(β₁·m + (1 − β₁)·g) + λ·θ), m ← β₂·m + (1 − β₂)·g
 *
 * Runs the kernel `LionList`, or `Lion` for each parameter, where the backend has it.
 *
 * @returns an optimizer with the slot `momentum`
 * @throws when an option is unknown or out of range; `init` throws when `only` matches no parameter
 * @example
 * const optimizer = lion({ learningRate: 1e-4, weightDecay: 0.1, only: /kernel$/ });
 * @see Chen et al., "Symbolic Discovery of Optimization Algorithms", 2023, https://arxiv.org/abs/2302.06675, algorithm 2
 */
export function lion(options: LionOptions = {}): Optimizer {
  assertOptions('lion', options, {
    learningRate: learningRateKind,
    beta1: fraction,
    beta2: fraction,
    ...weightDecayKinds,
  });
  const { learningRate = 1e-4, beta1 = 0.9, beta2 = 0.99, weightDecay = 0, only } = options;
  return perParameter({
    name: 'lion',
    learningRate,
    weightDecay,
    only,
    slots: { momentum: tf.zerosLike },
    kernel: 'Lion',
    attributes: () => ({ beta1, beta2 }),
    rule({ gradient: g, slots: { momentum: m } }) {
      const u = tf.add(tf.mul(m, beta1), tf.mul(g, 1 - beta1));
      return { direction: signOf(u), slots: { momentum: tf.add(tf.mul(m, beta2), tf.mul(g, 1 - beta2)) } };
    },
  });
}
