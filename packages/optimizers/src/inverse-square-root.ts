import { assertOptions, count, nonNegative, required } from '@tenfold/checks';
import { defineSchedule, type Schedule } from './schedule';

export interface InverseSquareRootOptions {
  /** The largest value, which the last step of the rise has, ≥ 0. */
  peak: number;
  /** Number of steps of the rise, w, an integer of at least 1. */
  warmupSteps: number;
}

/**
 * A linear rise, then a fall as one over the root of the step: the schedule of the first transformers.
 *
 * η(t) = peak·min((t + 1)/w, √(w/(t + 1))) with w = warmupSteps
 *
 * For the paper's numbers, the peak is 1/√(width·w).
 *
 * @throws when an option is missing, unknown or out of range
 * @example
 * adam({ learningRate: inverseSquareRoot({ peak: 7e-4, warmupSteps: 4000 }), beta2: 0.98 });
 * @see Vaswani et al., "Attention Is All You Need", 2017, https://arxiv.org/abs/1706.03762, section 5.3
 */
export function inverseSquareRoot(options: InverseSquareRootOptions): Schedule {
  assertOptions('inverseSquareRoot', options, { peak: required(nonNegative), warmupSteps: required(count) });
  const { peak, warmupSteps } = options;
  return defineSchedule(
    'inverseSquareRoot',
    (step) => peak * Math.min((step + 1) / warmupSteps, Math.sqrt(warmupSteps / (step + 1))),
  );
}
