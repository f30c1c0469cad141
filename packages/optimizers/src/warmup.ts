import { assertOptions, callGiven, count, required } from '@tenfold/checks';
import { assertSchedule, defineSchedule, type Schedule } from './schedule';

export interface WarmupOptions {
  /** Number of steps of the rise, an integer of at least 1. */
  steps: number;
}

/**
 * A linear rise to the first value of another schedule, which then starts at its step 0.
 *
 * t < w: η(0)·(t + 1)/w; then η(t − w), with w = steps
 *
 * @param schedule the schedule after the rise
 * @throws when schedule is not a function, or steps is not such an integer
 * @example
 * adamW({ learningRate: warmup(linearDecay({ start: 2e-3, totalSteps: 900 }), { steps: 100 }) });
 * @see Goyal et al., "Accurate, Large Minibatch SGD", 2017, https://arxiv.org/abs/1706.02677, section 2.2
 */
export function warmup(schedule: Schedule, options: WarmupOptions): Schedule {
  assertSchedule('warmup', 'schedule', schedule);
  assertOptions('warmup', options, { steps: required(count) });
  const { steps } = options;
  return defineSchedule('warmup', (step) =>
    step < steps ? (callGiven(schedule, 0) * (step + 1)) / steps : callGiven(schedule, step - steps),
  );
}
