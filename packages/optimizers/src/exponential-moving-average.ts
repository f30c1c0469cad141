import * as tf from '@tensorflow/tfjs-core';
import { mapTensors, type Optimizer } from './optimizer';
import type { Schedule } from './schedule';

export interface ExponentialMovingAverageOptions {
  /** δ in [0, 1], how much of the average stays, or a schedule of it; 0.999 by default. */
  decay?: number | Schedule;
}

/**
 * An optimizer that also keeps an average of the parameters, which often tests better than the last of them.
 *
 * θ̄ ← δ·θ̄ + (1 − δ)·θ with θ after the step; θ̄ begins as the parameters that `init` was given
 *
 * The average is the slot 'average' of the state: assign it to a model's variables to test or to save it.
 * A schedule t ↦ t/(t + 1) makes it the plain mean of all steps.
 *
 * @returns an optimizer with the slot 'average' beside its own
 * @throws when decay is out of its range, or the optimizer has an average already
 * @example
 * const optimizer = exponentialMovingAverage(adamW(), { decay: 0.998 });
 * // after some steps: state.average['block1.conv.kernel']
 * @see Polyak, Juditsky, "Acceleration of Stochastic Approximation by Averaging", 1992
 */
export function exponentialMovingAverage(
  optimizer: Optimizer,
  { decay = 0.999 }: ExponentialMovingAverageOptions = {},
): Optimizer {
  const at = (step: number): number => {
    const value = typeof decay === 'function' ? decay(step) : decay;
    if (!(value >= 0 && value <= 1)) {
      throw new Error(`exponentialMovingAverage: decay is ${value}; give a number in [0, 1]`);
    }
    return value;
  };
  at(0);
  return {
    init(params) {
      const state = optimizer.init(params);
      if (state.average) {
        tf.dispose(state);
        throw new Error('exponentialMovingAverage: the optimizer keeps an average already; wrap it once');
      }
      return { ...state, average: mapTensors(params, (parameter) => tf.clone(parameter)) };
    },
    update: (grads, { average = {}, ...state }, info) =>
      tf.tidy(() => {
        const result = optimizer.update(grads, state, info);
        const delta = at(info.step);
        const next = mapTensors(average, (mean, name) => {
          const parameter = info.params[name];
          if (!parameter) {
            throw new Error(
              `exponentialMovingAverage: there is an average of ${name} but no parameter of that name; init(params) with the same parameters`,
            );
          }
          const update = result.updates[name];
          return tf.tidy(() => {
            const after = update ? tf.add(parameter, update) : parameter;
            return tf.add(tf.mul(mean, delta), tf.mul(after, 1 - delta));
          });
        });
        return { updates: result.updates, state: { ...result.state, average: next } };
      }),
  };
}
