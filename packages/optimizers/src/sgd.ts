import { assertOptions, flag, fraction, required } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer';
import { type PerParameterOptions, perParameter } from './per-parameter';
import { type LearningRate, learningRateKind } from './schedule';
import { type WeightDecayOptions, weightDecayKinds } from './weight-decay';

export interface SgdOptions extends WeightDecayOptions {
  /** η ≥ 0, a number or a schedule. */
  learningRate: LearningRate;
  /** μ in [0, 1), the momentum; 0 by default. */
  momentum?: number | undefined;
  /** Whether to use Nesterov momentum; false by default. */
  nesterov?: boolean | undefined;
  /** Whether weight decay is decoupled from the gradient; false by default, as in PyTorch. */
  decoupled?: boolean | undefined;
}

/**
 * Stochastic gradient descent with optional momentum, plain or Nesterov.
 *
 * g ← g + λ·θ, b ← μ·b + g, u = b, or g + μ·b with nesterov; θ ← θ − η·u
 *
 * decoupled: g is not changed, and θ ← θ − η·(u + λ·θ)
 *
 * With momentum, it runs the kernel `SgdList`, or `Sgd` for each parameter, where the backend has it.
 *
 * @returns an optimizer with the slot `momentum`, unless momentum is 0
 * @throws when an option is unknown or out of range, or nesterov is true without momentum; `init` throws when `only` matches no
 *   parameter
 * @example
 * const optimizer = sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 5e-4, only: /kernel$/ });
 * @see Sutskever et al., "On the importance of initialization and momentum in deep learning", 2013,
 *   https://proceedings.mlr.press/v28/sutskever13.html, section 2
 */
export function sgd(options: SgdOptions): Optimizer {
  assertOptions('sgd', options, {
    learningRate: required(learningRateKind),
    momentum: fraction,
    nesterov: flag,
    ...weightDecayKinds,
    decoupled: flag,
  });
  const { momentum = 0, nesterov = false, decoupled = false, ...rest } = options;
  if (nesterov && momentum === 0) {
    throw new Error('sgd: nesterov is true but momentum is 0; give a momentum such as 0.9');
  }
  if (momentum > 0)
    return perParameter({ name: 'sgd', ...rest, ...heavyBall(momentum, nesterov, decoupled) });
  return perParameter({
    name: 'sgd',
    ...rest,
    decoupled,
    rule: ({ gradient }) => ({ direction: gradient, slots: {} }),
  });
}

/** The momentum rule, also used by Muon. */
export const heavyBall = (momentum: number, nesterov: boolean, decoupled: boolean) =>
  ({
    decoupled,
    slots: { momentum: tf.zerosLike },
    kernel: 'Sgd',
    attributes: () => ({ momentum, nesterov, decoupled }),
    rule({ gradient: g, slots }) {
      const b = tf.add(tf.mul(slots.momentum, momentum), g);
      return { direction: nesterov ? tf.add(g, tf.mul(b, momentum)) : b, slots: { momentum: b } };
    },
  }) satisfies Partial<PerParameterOptions<'momentum', 'Sgd'>>;
