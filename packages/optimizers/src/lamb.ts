import { assertOptions, fraction, positive } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer';
import { perParameter } from './per-parameter';
import { type LearningRate, learningRateKind } from './schedule';
import { nonNegativeZeros } from './slot';
import { norm, ratioOrOne } from './trust-ratio';
import { type WeightDecayOptions, weightDecayKinds } from './weight-decay';

export interface LambOptions extends WeightDecayOptions {
  /** η ≥ 0, a number or a schedule; 1e-3 by default. */
  learningRate?: LearningRate | undefined;
  /** β₁ in [0, 1), the decay rate of the mean gradient; 0.9 by default. */
  beta1?: number | undefined;
  /** β₂ in [0, 1), the decay rate of the mean squared gradient; 0.999 by default. */
  beta2?: number | undefined;
  /** ε > 0, added to the denominator; 1e-6 by default. */
  epsilon?: number | undefined;
  /** λ ≥ 0, the weight decay; 0.01 by default. */
  weightDecay?: number | undefined;
}

/**
 * LAMB: AdamW whose step has the norm η·‖θ‖ in every layer, so that large batches can take large steps.
 *
 * u = m̂/(√v̂ + ε) + λ·θ, m̂ and v̂ as in Adam; θ ← θ − η·(‖θ‖/‖u‖)·u for each parameter
 *
 * The ratio is 1 where a norm is 0. It applies to all parameters, as in the paper; for biases and norms without it, use another
 * optimizer, with `partition`. The weight decay 0.01 is that of the paper's BERT.
 *
 * @returns an optimizer with the slots `mean` and `square`
 * @throws when an option is unknown or out of range; `init` throws when `only` matches no parameter
 * @example
 * const optimizer = lamb({ learningRate: warmup(polynomialDecay({ start: 5e-3, totalSteps: 9000 }), { steps: 1000 }) });
 * @see You et al., "Large Batch Optimization for Deep Learning: Training BERT in 76 minutes", 2019,
 *   https://arxiv.org/abs/1904.00962, algorithm 2
 */
export function lamb(options: LambOptions = {}): Optimizer {
  assertOptions('lamb', options, {
    learningRate: learningRateKind,
    beta1: fraction,
    beta2: fraction,
    epsilon: positive,
    ...weightDecayKinds,
  });
  const { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-6 } = options;
  const { weightDecay = 0.01, only } = options;
  return perParameter({
    name: 'lamb',
    learningRate,
    weightDecay,
    only,
    countsSteps: true,
    slots: { mean: tf.zerosLike, square: nonNegativeZeros },
    rule({ gradient: g, parameter, slots: { mean, square }, step, weightDecay: lambda }) {
      const m = tf.add(tf.mul(mean, beta1), tf.mul(g, 1 - beta1));
      const v = tf.add(tf.mul(square, beta2), tf.mul(tf.square(g), 1 - beta2));
      const root = tf.sqrt(tf.div(v, 1 - beta2 ** (step + 1)));
      const adaptive = tf.div(tf.div(m, 1 - beta1 ** (step + 1)), tf.add(root, epsilon));
      const u = lambda === 0 ? adaptive : tf.add(adaptive, tf.mul(parameter, lambda));
      const [size, length] = [norm(parameter), norm(u)];
      const direction = tf.mul(u, ratioOrOne(size, length, [size, length]));
      return { direction, decays: true, slots: { mean: m, square: v } };
    },
  });
}
