import * as tf from '@tensorflow/tfjs-core';
import { assertFraction, assertPositive } from './checks';
import { type Optimizer, perParameter } from './optimizer';
import type { LearningRate } from './schedule';
import { type WeightDecayOptions, weightDecayOf } from './weight-decay';

export interface RmsPropOptions extends WeightDecayOptions {
  /** η ≥ 0, or a schedule of it; 0.01 by default. */
  learningRate?: LearningRate;
  /** α in [0, 1), decay of the mean of squared gradients; 0.99 by default. */
  decay?: number;
  /** μ in [0, 1), how much of the last direction stays; 0 by default. */
  momentum?: number;
  /** Whether to divide by the standard deviation of the gradients instead of their root mean square; false by default. */
  centered?: boolean;
  /** Added to the denominator, > 0; 1e-8 by default. */
  epsilon?: number;
}

/**
 * RMSProp: steps of the gradient over the root of the mean squared gradient, as PyTorch's.
 *
 * g ← g + λ·θ, v ← α·v + (1 − α)·g², d = g/(√v + ε), b ← μ·b + d, θ ← θ − η·b
 *
 * centered: m ← α·m + (1 − α)·g and √(v − m²) in place of √v
 *
 * @throws when a number is out of its range
 * @example
 * const optimizer = rmsProp({ learningRate: 1e-3, momentum: 0.9 });
 * @see Tieleman, Hinton, "Neural Networks for Machine Learning", 2012, lecture 6.5; centered: Graves, "Generating
 *   Sequences With Recurrent Neural Networks", 2013, https://arxiv.org/abs/1308.0850, section 4.2
 */
export function rmsProp({
  learningRate = 0.01,
  decay = 0.99,
  momentum = 0,
  centered = false,
  epsilon = 1e-8,
  ...weightDecay
}: RmsPropOptions = {}): Optimizer {
  assertFraction('rmsProp', { decay, momentum });
  assertPositive('rmsProp', { epsilon });
  const decayOf = weightDecayOf('rmsProp', weightDecay);
  const names = ['square', ...(centered ? ['mean'] : []), ...(momentum > 0 ? ['momentum'] : [])];
  return perParameter('rmsProp', names, learningRate, (input) => {
    const lambda = decayOf(input.name);
    const g = lambda === 0 ? input.gradient : tf.add(input.gradient, tf.mul(input.parameter, lambda));
    const mixed = (old: tf.Tensor, now: tf.Tensor) => tf.add(tf.mul(old, decay), tf.mul(now, 1 - decay));
    const slots: { [slot: string]: tf.Tensor } = { square: mixed(input.slots.square!, tf.square(g)) };
    let variance = slots.square!;
    if (centered) {
      slots.mean = mixed(input.slots.mean!, g);
      // Rounding can push the difference of two nearly equal numbers below 0.
      variance = tf.relu(tf.sub(variance, tf.square(slots.mean)));
    }
    let direction = tf.div(g, tf.add(tf.sqrt(variance), epsilon));
    if (momentum > 0) {
      direction = tf.add(tf.mul(input.slots.momentum!, momentum), direction);
      slots.momentum = direction;
    }
    return { update: tf.mul(direction, -input.learningRate), slots };
  });
}
