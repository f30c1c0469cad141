import { assertOptions, nonNegative, required } from '@tenfold/checks';
import { defineSchedule, type Schedule } from './schedule';

export interface ExponentialDecayOptions {
  /** The value at step 0, ≥ 0. */
  start: number;
  /** The factor of each step, ≥ 0; below 1 for a decay. */
  factor: number;
}

/**
 * Multiplies the value by the same factor at every step.
 *
 * η(t) = start·factor^t
 *
 * @throws when an option is missing, unknown or out of range
 * @example
 * sgd({ learningRate: exponentialDecay({ start: 0.1, factor: 0.999 }) }); // 0.0368 at step 1000
 * @see Li, Arora, "An Exponential Learning Rate Schedule for Deep Learning", 2019, https://arxiv.org/abs/1910.07454
 */
export function exponentialDecay(options: ExponentialDecayOptions): Schedule {
  assertOptions('exponentialDecay', options, { start: required(nonNegative), factor: required(nonNegative) });
  const { start, factor } = options;
  return defineSchedule('exponentialDecay', (step) => start * factor ** step);
}
