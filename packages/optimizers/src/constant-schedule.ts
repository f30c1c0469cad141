import { assertArgument, nonNegative, required } from '@tenfold/checks';
import { defineSchedule, type Schedule } from './schedule';

/**
 * The same value at every step.
 *
 * η(t) = value
 *
 * @param value a finite number of at least 0
 * @throws when the value is out of range
 * @example
 * sgd({ learningRate: warmup(constantSchedule(0.1), { steps: 100 }) });
 */
export function constantSchedule(value: number): Schedule {
  assertArgument('constantSchedule', 'value', value, required(nonNegative));
  return defineSchedule('constantSchedule', () => value);
}
