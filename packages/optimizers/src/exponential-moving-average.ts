import {
  assertArgument,
  assertCalled,
  assertOptions,
  callGiven,
  either,
  probability,
  required,
} from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { assertFree } from './assert-free';
import { assertSlot, assertUpdate } from './assert-update';
import { findEntry, mapTensors, type Optimizer, optimizerKind, traitsOf } from './optimizer';
import { type Schedule, scheduleKind } from './schedule';

export interface ExponentialMovingAverageOptions {
  /** δ in [0, 1], the decay of the average, a number or a schedule; 0.999 by default. */
  decay?: number | Schedule | undefined;
}

/**
 * Wraps an optimizer to keep a moving average of the parameters, which often generalizes better than the final parameters.
 *
 * θ̄ ← δ·θ̄ + (1 − δ)·θ, with θ after the step; θ̄ starts as a copy of the parameter
 *
 * The average is the slot 'average' of the state. Assign it to a model's variables to evaluate or save it. The average of a
 * parameter that is missing in a step, such as a frozen one, does not change. With the schedule t ↦ t/(t + 1) it is the mean
 * over all steps.
 *
 * @returns an optimizer with the slot 'average' and the slots of the wrapped one
 * @throws when decay is out of range, or the optimizer already keeps an average
 * @example
 * const optimizer = exponentialMovingAverage(adamW(), { decay: 0.998 });
 * // after some steps: state.average['block1.conv.kernel']
 * @see Polyak, Juditsky, "Acceleration of Stochastic Approximation by Averaging", 1992
 */
export function exponentialMovingAverage(
  optimizer: Optimizer,
  options: ExponentialMovingAverageOptions = {},
): Optimizer {
  assertArgument('exponentialMovingAverage', 'optimizer', optimizer, optimizerKind);
  assertOptions('exponentialMovingAverage', options, {
    decay: either(probability, scheduleKind),
  });
  const { decay = 0.999 } = options;
  assertCalled(decay);
  const decayAt = (step: number): number => {
    if (typeof decay === 'number') return decay;
    const delta = callGiven(decay, step);
    assertArgument('exponentialMovingAverage', `decay at step ${step}`, delta, required(probability));
    return delta;
  };
  return averaged('exponentialMovingAverage', optimizer, decayAt);
}

/** Wraps an optimizer to average the parameters after each step, with a decay for the step. */
export function averaged(name: string, optimizer: Optimizer, decayAt: (step: number) => number): Optimizer {
  return {
    ...traitsOf(optimizer),
    init: (params) =>
      tf.tidy(() => {
        const state = optimizer.init(params);
        assertFree(name, state, ['average']);
        return { ...state, average: mapTensors(params, (parameter) => tf.clone(parameter)) };
      }),
    update: (grads, whole, info) =>
      tf.tidy(() => {
        assertUpdate(name, grads, whole, info);
        const { average = {}, ...state } = whole;
        const result = optimizer.update(grads, state, info);
        const delta = decayAt(info.step);
        // The average of a parameter that starts late starts with its first update.
        const next = mapTensors({ ...average, ...result.updates }, (_, key) => {
          const parameter = findEntry(info.params, key);
          const mean = findEntry(average, key) ?? parameter!;
          const update = findEntry(result.updates, key);
          const isMissing = !update && !Object.hasOwn(grads, key);
          if (!parameter || isMissing) return tf.clone(mean);
          assertSlot(name, 'average', key, mean, parameter);
          return tf.tidy(() => {
            const after = update ? tf.add(parameter, update) : parameter;
            return tf.add(tf.mul(mean, delta), tf.mul(after, 1 - delta));
          });
        });
        return { updates: result.updates, state: { ...result.state, average: next } };
      }),
  };
}
