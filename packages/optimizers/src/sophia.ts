import {
  assertArgument,
  assertOptions,
  count,
  fraction,
  func,
  object,
  positive,
  required,
} from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { assertSlot, assertUpdate } from './assert-update';
import type { HessianEstimate } from './hessian-estimate';
import { hutchinson } from './hutchinson';
import { findEntry, type Optimizer } from './optimizer';
import { perParameter } from './per-parameter';
import { type LearningRate, learningRateKind } from './schedule';
import { type WeightDecayOptions, weightDecayKinds } from './weight-decay';

export interface SophiaOptions extends WeightDecayOptions {
  /** η ≥ 0, a number or a schedule; 1e-4 by default. */
  learningRate?: LearningRate | undefined;
  /** β₁ in [0, 1), the decay rate of the mean gradient; 0.96 by default. */
  beta1?: number | undefined;
  /** β₂ in [0, 1), the decay rate of the mean estimate; 0.99 by default. */
  beta2?: number | undefined;
  /** γ > 0, the larger, the fewer elements take a clipped step; 0.01 by default, which suits `hutchinson`. */
  gamma?: number | undefined;
  /** ε > 0, the smallest denominator; 1e-12 by default. */
  epsilon?: number | undefined;
  /** k, the number of steps for one estimate, an integer of at least 1; 10 by default. */
  every?: number | undefined;
  /** The estimate of the Hessian's diagonal, `hutchinson()` by default; or `gaussNewtonBartlett(…)`, or a function. */
  hessian?: HessianEstimate | undefined;
}

/**
 * Sophia: divides the mean gradient by an estimate of the Hessian's diagonal, and clips each element of the step.
 *
 * m ← β₁·m + (1 − β₁)·g; at every k-th step h ← β₂·h + (1 − β₂)·ĥ; θ ← θ − η·(clip(m/max(γ·h, ε), ±1) + λ·θ)
 *
 * An element of an estimate that is not finite is left out. The step of the run counts, from 0, at which the first estimate is made.
 *
 * @returns an optimizer with the slots `mean` and `hessian`
 * @throws when an option is unknown or out of range; `init` throws when `only` matches no parameter; `update` throws when the estimate
 *   lacks a parameter, or needs a loss that it was not given
 * @example
 * let batch;
 * const sampled = () => sparseSoftmaxCrossEntropy(drawLabels(model.predict(batch.xs)), model.predict(batch.xs));
 * const optimizer = sophia({ gamma: 0.05, hessian: gaussNewtonBartlett(sampled, { batchSize: 64 }) });
 * @see Liu et al., "Sophia: A Scalable Stochastic Second-order Optimizer for Language Model Pre-training", 2023,
 *   https://arxiv.org/abs/2305.14342, algorithm 3
 */
export function sophia(options: SophiaOptions = {}): Optimizer {
  assertOptions('sophia', options, {
    learningRate: learningRateKind,
    beta1: fraction,
    beta2: fraction,
    gamma: positive,
    epsilon: positive,
    every: count,
    hessian: { ...func, expected: 'an estimate such as hutchinson()' },
    ...weightDecayKinds,
  });
  const { learningRate = 1e-4, beta1 = 0.96, beta2 = 0.99, gamma = 0.01, epsilon = 1e-12 } = options;
  const { every = 10, hessian = hutchinson(), weightDecay, only } = options;
  // The estimate of the step that is being taken.
  let estimate: tf.NamedTensorMap | undefined;
  const rule = perParameter({
    name: 'sophia',
    learningRate,
    weightDecay,
    only,
    slots: { mean: tf.zerosLike, hessian: tf.zerosLike },
    rule({ name, gradient: g, parameter, slots }) {
      const m = tf.add(tf.mul(slots.mean, beta1), tf.mul(g, 1 - beta1));
      let h = slots.hessian;
      if (estimate) {
        const found = findEntry(estimate, name);
        assertArgument('sophia', `the estimate of ${name}`, found, estimateKind);
        assertSlot('sophia', 'the estimate', name, found, parameter);
        const next = tf.add(tf.mul(h, beta2), tf.mul(found!, 1 - beta2));
        h = tf.where(tf.isFinite(next), next, h);
      }
      const ratio = tf.div(m, tf.maximum(tf.mul(h, gamma), epsilon));
      return { direction: tf.clipByValue(ratio, -1, 1), slots: { mean: m, hessian: h } };
    },
  });
  return {
    ...rule,
    update: (grads, state, info) =>
      tf.tidy(() => {
        assertUpdate('sophia', grads, state, info);
        if (info.step % every === 0) {
          estimate = hessian(info, grads);
          assertArgument(
            'sophia',
            'the estimate',
            estimate,
            required({ ...object, expected: 'an object of tensors' }),
          );
        }
        try {
          return rule.update(grads, state, info);
        } finally {
          estimate = undefined;
        }
      }),
  };
}

const estimateKind = required({
  expected: 'a tensor, the estimate of its Hessian',
  accepts: (value) => value instanceof tf.Tensor && !value.isDisposed,
});
