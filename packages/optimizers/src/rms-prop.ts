import { assertOptions, flag, fraction, positive } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer';
import { perParameter } from './per-parameter';
import { type LearningRate, learningRateKind } from './schedule';
import { nonNegativeZeros, type Slot, type SlotStart } from './slot';
import { type WeightDecayOptions, weightDecayKinds } from './weight-decay';

export interface RmsPropOptions extends WeightDecayOptions {
  /** η ≥ 0, a number or a schedule; 0.01 by default. */
  learningRate?: LearningRate | undefined;
  /** α in [0, 1), the decay rate of the mean squared gradient; 0.99 by default. */
  decay?: number | undefined;
  /** μ in [0, 1), the momentum; 0 by default. */
  momentum?: number | undefined;
  /** Whether to divide by the standard deviation of the gradients instead of their root mean square; false by default. */
  centered?: boolean | undefined;
  /** ε > 0, added to the denominator; 1e-8 by default. */
  epsilon?: number | undefined;
}

/**
 * RMSProp: divides the gradient by the root of the mean squared gradient, as in PyTorch.
 *
 * g ← g + λ·θ, v ← α·v + (1 − α)·g², d = g/(√v + ε), b ← μ·b + d, θ ← θ − η·b
 *
 * centered: m ← α·m + (1 − α)·g and √(v − m²) instead of √v
 *
 * @returns an optimizer with the slots `square`, `mean` if centered, and `momentum` unless momentum is 0
 * @throws when an option is unknown or out of range; `init` throws when `only` matches no parameter
 * @example
 * const optimizer = rmsProp({ learningRate: 1e-3, momentum: 0.9 });
 * @see Tieleman, Hinton, "Neural Networks for Machine Learning", 2012, lecture 6.5; centered: Graves, "Generating
 *   Sequences With Recurrent Neural Networks", 2013, https://arxiv.org/abs/1308.0850, section 4.2
 */
export function rmsProp(options: RmsPropOptions = {}): Optimizer {
  assertOptions('rmsProp', options, {
    learningRate: learningRateKind,
    decay: fraction,
    momentum: fraction,
    centered: flag,
    epsilon: positive,
    ...weightDecayKinds,
  });
  const { learningRate = 0.01, decay = 0.99, momentum = 0, centered = false, epsilon = 1e-8 } = options;
  const average = (old: tf.Tensor, x: tf.Tensor) => tf.add(tf.mul(old, decay), tf.mul(x, 1 - decay));
  const slots: Record<string, SlotStart | Slot> = {
    square: nonNegativeZeros,
    ...(centered && { mean: tf.zerosLike }),
    ...(momentum > 0 && { momentum: tf.zerosLike }),
  };
  return perParameter({
    name: 'rmsProp',
    learningRate,
    weightDecay: options.weightDecay,
    only: options.only,
    decoupled: false,
    slots,
    rule({ gradient: g, slots: { square, mean, momentum: b } }) {
      const v = average(square!, tf.square(g));
      const m = mean && average(mean, g);
      // Rounding can make the difference of two nearly equal numbers negative.
      const variance = m ? tf.relu(tf.sub(v, tf.square(m))) : v;
      const d = tf.div(g, tf.add(tf.sqrt(variance), epsilon));
      const direction = b ? tf.add(tf.mul(b, momentum), d) : d;
      return { direction, slots: { square: v, mean: m, momentum: direction } };
    },
  });
}
