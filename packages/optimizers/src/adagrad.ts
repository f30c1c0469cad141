import { assertOptions, nonNegative, positive } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer';
import { perParameter } from './per-parameter';
import { type LearningRate, learningRateKind } from './schedule';
import { nonNegativeZeros } from './slot';
import { type WeightDecayOptions, weightDecayKinds } from './weight-decay';

export interface AdagradOptions extends WeightDecayOptions {
  /** η ≥ 0, a number or a schedule; 0.01 by default. */
  learningRate?: LearningRate | undefined;
  /** The start of the sum of squared gradients, ≥ 0; 0 by default. */
  initialAccumulator?: number | undefined;
  /** ε > 0, added to the denominator; 1e-10 by default. */
  epsilon?: number | undefined;
}

/**
 * Adagrad: divides the gradient by the root of the sum of all its squares, so that rare features keep large steps.
 *
 * g ← g + λ·θ, v ← v + g², θ ← θ − η·g/(√v + ε)
 *
 * PyTorch's option `lr_decay` is the schedule `inverseTimeDecay`.
 *
 * @returns an optimizer with the slots `sum`
 * @throws when an option is unknown or out of range; `init` throws when `only` matches no parameter
 * @example
 * const optimizer = adagrad({ learningRate: 0.05 });
 * @see Duchi, Hazan, Singer, "Adaptive Subgradient Methods for Online Learning and Stochastic Optimization", 2011,
 *   https://jmlr.org/papers/v12/duchi11a.html
 */
export function adagrad(options: AdagradOptions = {}): Optimizer {
  assertOptions('adagrad', options, {
    learningRate: learningRateKind,
    initialAccumulator: nonNegative,
    epsilon: positive,
    ...weightDecayKinds,
  });
  const { learningRate = 0.01, initialAccumulator = 0, epsilon = 1e-10, ...decay } = options;
  return perParameter({
    name: 'adagrad',
    learningRate,
    ...decay,
    decoupled: false,
    slots: {
      sum: { ...nonNegativeZeros, start: (parameter) => tf.fill(parameter.shape, initialAccumulator) },
    },
    rule({ gradient: g, slots: { sum } }) {
      const v = tf.add(sum, tf.square(g));
      return { direction: tf.div(g, tf.add(tf.sqrt(v), epsilon)), slots: { sum: v } };
    },
  });
}
