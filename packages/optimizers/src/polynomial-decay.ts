import { assertOptions, count, nonNegative, positive, required } from '@tenfold/checks';
import { defineSchedule, type Schedule } from './schedule';

export interface PolynomialDecayOptions {
  /** The value at step 0, ≥ 0. */
  start: number;
  /** The value at and after step `totalSteps`, ≥ 0; 0 by default. */
  end?: number | undefined;
  /** Number of steps from start to end, an integer of at least 1. */
  totalSteps: number;
  /** The exponent, a positive number: 1 is a straight line, 2 falls fast and then slowly. 1 by default. */
  power?: number | undefined;
}

/**
 * A power of the share of steps that are left, then constant.
 *
 * η(t) = end + (start − end)·(1 − min(1, t/T))^power with T = totalSteps
 *
 * @throws when an option is unknown or out of range
 * @example
 * sgd({ learningRate: polynomialDecay({ start: 0.01, totalSteps: 9000, power: 0.9 }) });
 * @see Chen et al., "DeepLab", 2016, https://arxiv.org/abs/1606.00915, section 4.1
 */
export function polynomialDecay(options: PolynomialDecayOptions): Schedule {
  assertOptions('polynomialDecay', options, {
    start: required(nonNegative),
    end: nonNegative,
    totalSteps: required(count),
    power: positive,
  });
  const { start, end = 0, totalSteps, power = 1 } = options;
  return defineSchedule(
    'polynomialDecay',
    (step) => end + (start - end) * Math.max(0, 1 - step / totalSteps) ** power,
  );
}
