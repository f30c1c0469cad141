import { assertOptions, count, nonNegative, oneOf, required } from '@tenfold/checks';
import { defineSchedule, type Schedule } from './schedule';

export interface CyclicOptions {
  /** The value at the start and the end of each cycle, ≥ 0. */
  low: number;
  /** The value in the middle of the first cycle, ≥ 0. */
  high: number;
  /** Number of steps from low to high, an integer of at least 1. */
  stepsUp: number;
  /** Number of steps from high to low, an integer of at least 1; `stepsUp` by default. */
  stepsDown?: number | undefined;
  /**
   * How the height of the cycles changes: 'triangular' keeps it, 'triangular2' halves it after each cycle, 'exponentialRange'
   * multiplies it by `factor` at each step. 'triangular' by default.
   */
  mode?: 'triangular' | 'triangular2' | 'exponentialRange' | undefined;
  /** The factor of each step for 'exponentialRange', ≥ 0; 1 by default. */
  factor?: number | undefined;
}

/**
 * Rises and falls linearly between two values, forever.
 *
 * η(t) = low + (high − low)·s·h, s rising from 0 to 1 in `stepsUp` steps and falling to 0 in `stepsDown` steps; in cycle k, counted
 * from 0, h is 1, 2⁻ᵏ or factor^t, depending on the mode
 *
 * @throws when an option is unknown or out of range
 * @example
 * sgd({ learningRate: cyclic({ low: 0.001, high: 0.006, stepsUp: 2000, mode: 'triangular2' }) });
 * @see Smith, "Cyclical Learning Rates for Training Neural Networks", 2015, https://arxiv.org/abs/1506.01186, section 3
 */
export function cyclic(options: CyclicOptions): Schedule {
  assertOptions('cyclic', options, {
    low: required(nonNegative),
    high: required(nonNegative),
    stepsUp: required(count),
    stepsDown: count,
    mode: oneOf('triangular', 'triangular2', 'exponentialRange'),
    factor: nonNegative,
  });
  const { low, high, stepsUp, stepsDown = stepsUp, mode = 'triangular', factor = 1 } = options;
  const length = stepsUp + stepsDown;
  const heights = {
    triangular: () => 1,
    triangular2: (step: number) => 2 ** -Math.floor(step / length),
    exponentialRange: (step: number) => factor ** step,
  };
  return defineSchedule('cyclic', (step) => {
    const into = step % length;
    const share = into <= stepsUp ? into / stepsUp : (length - into) / stepsDown;
    return low + (high - low) * share * heights[mode](step);
  });
}
