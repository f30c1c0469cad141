import { assertOptions, fraction, positive } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer';
import { perParameter } from './per-parameter';
import { type LearningRate, learningRateKind } from './schedule';
import { nonNegativeZeros } from './slot';
import { type WeightDecayOptions, weightDecayKinds } from './weight-decay';

export interface AdadeltaOptions extends WeightDecayOptions {
  /** η ≥ 0, a number or a schedule; 1 by default. */
  learningRate?: LearningRate | undefined;
  /** ρ in [0, 1), the decay rate of both means; 0.9 by default. */
  decay?: number | undefined;
  /** ε > 0, added within both roots; 1e-6 by default. */
  epsilon?: number | undefined;
}

/**
 * Adadelta: scales the gradient by the ratio of the root mean squares of the last steps and gradients, which has the units of the
 * parameter and needs no learning rate.
 *
 * g ← g + λ·θ, v ← ρ·v + (1 − ρ)·g², d = g·√(u + ε)/√(v + ε), u ← ρ·u + (1 − ρ)·d², θ ← θ − η·d
 *
 * @returns an optimizer with the slots `square` and `delta`
 * @throws when an option is unknown or out of range; `init` throws when `only` matches no parameter
 * @example
 * const optimizer = adadelta();
 * @see Zeiler, "ADADELTA: An Adaptive Learning Rate Method", 2012, https://arxiv.org/abs/1212.5701, algorithm 1
 */
export function adadelta(options: AdadeltaOptions = {}): Optimizer {
  assertOptions('adadelta', options, {
    learningRate: learningRateKind,
    decay: fraction,
    epsilon: positive,
    ...weightDecayKinds,
  });
  const { learningRate = 1, decay = 0.9, epsilon = 1e-6, weightDecay, only } = options;
  const average = (old: tf.Tensor, x: tf.Tensor) =>
    tf.add(tf.mul(old, decay), tf.mul(tf.square(x), 1 - decay));
  return perParameter({
    name: 'adadelta',
    learningRate,
    weightDecay,
    only,
    decoupled: false,
    slots: { square: nonNegativeZeros, delta: nonNegativeZeros },
    rule({ gradient: g, slots: { square, delta } }) {
      const v = average(square, g);
      const ratio = tf.sqrt(tf.div(tf.add(delta, epsilon), tf.add(v, epsilon)));
      const direction = tf.mul(g, ratio);
      return { direction, slots: { square: v, delta: average(delta, direction) } };
    },
  });
}
