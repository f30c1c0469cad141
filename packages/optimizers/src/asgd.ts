import { assertOptions, nonNegative } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer';
import { perParameter } from './per-parameter';
import { type LearningRate, learningRateKind } from './schedule';
import { type WeightDecayOptions, weightDecayKinds } from './weight-decay';

export interface AsgdOptions extends WeightDecayOptions {
  /** η ≥ 0, a number or a schedule; 0.01 by default. */
  learningRate?: LearningRate | undefined;
  /** ρ ≥ 0, the decay of the parameters and, multiplied by η, of the learning rate; 1e-4 by default. */
  decay?: number | undefined;
  /** α ≥ 0, the power with which the learning rate falls; 0.75 by default. */
  power?: number | undefined;
  /** t₀ ≥ 0, the number of steps before the average starts; 1e6 by default. */
  averageFrom?: number | undefined;
}

/**
 * Averaged stochastic gradient descent: the average of the iterates converges faster than they do.
 *
 * g ← g + λ·θ, ηₜ = η/(1 + ρ·η·t)^α, θ ← θ − ηₜ·(g + ρ·θ), a ← a + (θ − a)/max(1, t − t₀), where t counts the earlier gradients of θ
 *
 * The average is the slot `average` of the state, until step t₀ a copy of the parameter. Assign it to a model's variables to
 * evaluate. PyTorch's names of ρ, α and t₀ are `lambd`, `alpha` and `t0`.
 *
 * @returns an optimizer with the slots `average`
 * @throws when an option is unknown or out of range; `init` throws when `only` matches no parameter
 * @example
 * const optimizer = asgd({ learningRate: 0.1, averageFrom: 1000 });
 * // after some steps: state.average['block1.conv.kernel']
 * @see Polyak, Juditsky, "Acceleration of Stochastic Approximation by Averaging", 1992, https://doi.org/10.1137/0330046;
 *   ηₜ: Bottou, "Stochastic Gradient Descent Tricks", 2012, section 5
 */
export function asgd(options: AsgdOptions = {}): Optimizer {
  assertOptions('asgd', options, {
    learningRate: learningRateKind,
    decay: nonNegative,
    power: nonNegative,
    averageFrom: nonNegative,
    ...weightDecayKinds,
  });
  const { learningRate = 0.01, decay = 1e-4, power = 0.75, averageFrom = 1e6, ...weights } = options;
  return perParameter({
    name: 'asgd',
    learningRate,
    ...weights,
    decoupled: false,
    countsSteps: true,
    slots: { average: tf.clone },
    rule({ gradient: g, parameter, slots: { average }, step, learningRate: rate }) {
      const direction = tf.mul(tf.add(g, tf.mul(parameter, decay)), (1 + decay * rate * step) ** -power);
      const after = tf.sub(parameter, tf.mul(direction, rate));
      const share = 1 / Math.max(1, step - averageFrom);
      const mean = share === 1 ? after : tf.add(average, tf.mul(tf.sub(after, average), share));
      return { direction, slots: { average: mean } };
    },
  });
}
