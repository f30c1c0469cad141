import { assertOptions, flag, fraction, nonNegative, positive, required } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer';
import { perParameter } from './per-parameter';
import { type LearningRate, learningRateKind } from './schedule';
import { norm, ratioOrOne } from './trust-ratio';
import { type WeightDecayOptions, weightDecayKinds } from './weight-decay';

export interface LarsOptions extends WeightDecayOptions {
  /** η ≥ 0, a number or a schedule. */
  learningRate: LearningRate;
  /** μ in [0, 1), the momentum; 0.9 by default. */
  momentum?: number | undefined;
  /** Whether to use Nesterov momentum; false by default. */
  nesterov?: boolean | undefined;
  /** The trust coefficient > 0: a step has about this share of the parameter's norm, multiplied by η; 0.001 by default. */
  trust?: number | undefined;
  /** ε ≥ 0, added to the norm of the gradient; 1e-8 by default. */
  epsilon?: number | undefined;
}

/**
 * LARS: gradient descent with momentum whose step is scaled in every layer to the norm of its parameter, for large batches.
 *
 * g ← trust·‖θ‖/(‖g‖ + λ·‖θ‖ + ε)·(g + λ·θ), b ← μ·b + g, u = b, or g + μ·b with nesterov; θ ← θ − η·u for each parameter
 *
 * The ratio is 1 where a norm is 0. The learning rate multiplies the momentum, as in PyTorch's SGD, whereas the paper accumulates
 * what it has multiplied. For biases and norms, use `sgd`, with `partition`.
 *
 * @returns an optimizer with the slot `momentum`
 * @throws when an option is unknown or out of range; `init` throws when `only` matches no parameter
 * @example
 * const optimizer = partition([{ match: /kernel$/, optimizer: lars({ learningRate: 8, weightDecay: 5e-4 }) }], sgd({ learningRate: 0.1 }));
 * @see You, Gitman, Ginsburg, "Large Batch Training of Convolutional Networks", 2017, https://arxiv.org/abs/1708.03888, algorithm 1
 */
export function lars(options: LarsOptions): Optimizer {
  assertOptions('lars', options, {
    learningRate: required(learningRateKind),
    momentum: fraction,
    nesterov: flag,
    trust: positive,
    epsilon: nonNegative,
    ...weightDecayKinds,
  });
  const { learningRate, momentum = 0.9, nesterov = false, trust = 0.001, epsilon = 1e-8, ...decay } = options;
  return perParameter({
    name: 'lars',
    learningRate,
    ...decay,
    slots: { momentum: tf.zerosLike },
    rule({ gradient: g, parameter, slots, weightDecay: lambda }) {
      const decayed = lambda === 0 ? g : tf.add(g, tf.mul(parameter, lambda));
      const [size, length] = [norm(parameter), norm(g)];
      const divisor = tf.add(length, tf.add(tf.mul(size, lambda), epsilon));
      const scaled = tf.mul(decayed, ratioOrOne(tf.mul(size, trust), divisor, [size, length]));
      const b = tf.add(tf.mul(slots.momentum, momentum), scaled);
      const direction = nesterov ? tf.add(scaled, tf.mul(b, momentum)) : b;
      return { direction, decays: true, slots: { momentum: b } };
    },
  });
}
