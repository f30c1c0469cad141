import { assertNotNegative } from './checks';
import type { Schedule } from './schedule';
import { assertSteps } from './steps';

export interface LinearOptions {
  /** The value at step 0, ≥ 0. */
  start: number;
  /** The value from step `totalSteps` on, ≥ 0; 0 by default. */
  end?: number;
  /** Steps from start to end, an integer of at least 1. */
  totalSteps: number;
}

/**
 * A straight line from the start to the end, which then stays.
 *
 * η(t) = start + (end − start)·min(1, t/T) with T = totalSteps
 *
 * @throws when a number is out of its range
 * @example
 * muon({ learningRate: linear({ start: 0.12, totalSteps: 700 }) });
 * @see Goyal et al., "Accurate, Large Minibatch SGD", 2017, https://arxiv.org/abs/1706.02677, section 2.2 (rising)
 */
export function linear({ start, end = 0, totalSteps }: LinearOptions): Schedule {
  assertNotNegative('linear', { start, end });
  assertSteps('linear', { totalSteps });
  return (step) => (step >= totalSteps ? end : start + (end - start) * (step / totalSteps));
}
