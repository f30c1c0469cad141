import { assertOptions, nonNegative, required } from '@tenfold/checks';
import { defineSchedule, type Schedule } from './schedule';

export interface InverseTimeDecayOptions {
  /** The value at step 0, ≥ 0. */
  start: number;
  /** How fast the value falls, ≥ 0: it has halved after 1/rate steps. */
  rate: number;
}

/**
 * Falls as one over the step. With a strongly convex objective, stochastic gradient descent converges with such rates.
 *
 * η(t) = start / (1 + rate·t)
 *
 * @throws when an option is missing, unknown or out of range
 * @example
 * sgd({ learningRate: inverseTimeDecay({ start: 0.1, rate: 0.001 }) }); // 0.05 at step 1000
 * @see Robbins, Monro, "A Stochastic Approximation Method", 1951, https://doi.org/10.1214/aoms/1177729586
 */
export function inverseTimeDecay(options: InverseTimeDecayOptions): Schedule {
  assertOptions('inverseTimeDecay', options, { start: required(nonNegative), rate: required(nonNegative) });
  const { start, rate } = options;
  return defineSchedule('inverseTimeDecay', (step) => start / (1 + rate * step));
}
