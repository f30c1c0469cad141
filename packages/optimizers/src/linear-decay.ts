import { assertOptions, count, nonNegative, required } from '@tenfold/checks';
import { defineSchedule, type Schedule } from './schedule';

export interface LinearDecayOptions {
  /** The value at step 0, ≥ 0. */
  start: number;
  /** The value at and after step `totalSteps`, ≥ 0; 0 by default. */
  end?: number | undefined;
  /** Number of steps from start to end, an integer of at least 1. */
  totalSteps: number;
}

/**
 * A straight line from the start to the end, falling or rising, then constant.
 *
 * η(t) = start + (end − start)·min(1, t/T) with T = totalSteps
 *
 * @throws when an option is unknown or out of range
 * @example
 * muon({ learningRate: linearDecay({ start: 0.12, totalSteps: 700 }) });
 * @see Goyal et al., "Accurate, Large Minibatch SGD", 2017, https://arxiv.org/abs/1706.02677, section 2.2 (rising)
 */
export function linearDecay(options: LinearDecayOptions): Schedule {
  assertOptions('linearDecay', options, {
    start: required(nonNegative),
    end: nonNegative,
    totalSteps: required(count),
  });
  const { start, end = 0, totalSteps } = options;
  return defineSchedule('linearDecay', (step) =>
    step >= totalSteps ? end : start + (end - start) * (step / totalSteps),
  );
}
