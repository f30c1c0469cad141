import { assertArgument, assertOptions, either, probability, required } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { mapTensors, type Optimizer, optimizerKind } from './optimizer';
import { type Schedule, scheduleKind } from './schedule';

export interface ExponentialMovingAverageOptions {
  /** δ in [0, 1], how much of the average stays, or a schedule of it; 0.999 by default. */
  decay?: number | Schedule | undefined;
}

/**
 * An optimizer that also keeps an average of the parameters, which often tests better than the last of them.
 *
 * θ̄ ← δ·θ̄ + (1 − δ)·θ with θ after the step; θ̄ begins as the parameter was when it first came
 *
 * The average is the slot 'average' of the state: assign it to a model's variables to test or to save it. A parameter that is
 * not among the parameters of a step, such as a frozen one, keeps its average. A schedule t ↦ t/(t + 1) makes it the plain mean
 * of all steps.
 *
 * @returns an optimizer with the slot 'average' and those of the given one
 * @throws when decay is out of its range, or the optimizer has an average already
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
  const decayAt = (step: number): number => {
    if (typeof decay === 'number') return decay;
    const delta = decay(step);
    assertArgument('exponentialMovingAverage', `decay at step ${step}`, delta, required(probability));
    return delta;
  };
  return {
    init: (params) =>
      tf.tidy(() => {
        const state = optimizer.init(params);
        if (state.average) {
          throw new Error('exponentialMovingAverage: the optimizer keeps an average already; wrap it once');
        }
        return { ...state, average: mapTensors(params, (parameter) => tf.clone(parameter)) };
      }),
    update: (grads, { average = {}, ...state }, info) =>
      tf.tidy(() => {
        const result = optimizer.update(grads, state, info);
        const delta = decayAt(info.step);
        const next = mapTensors({ ...average, ...info.params }, (_, name) => {
          const parameter = info.params[name];
          const mean = average[name] ?? parameter!;
          const update = result.updates[name];
          if (!parameter) return tf.clone(mean);
          return tf.tidy(() => {
            const after = update ? tf.add(parameter, update) : parameter;
            return tf.add(tf.mul(mean, delta), tf.mul(after, 1 - delta));
          });
        });
        return { updates: result.updates, state: { ...result.state, average: next } };
      }),
  };
}
