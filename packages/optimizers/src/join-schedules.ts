import {
  assertArgument,
  assertCalled,
  assertOptions,
  callGiven,
  index,
  listOf,
  required,
  show,
} from '@tenfold/checks';
import { defineSchedule, type Schedule, scheduleKind } from './schedule';

export interface JoinSchedulesOptions {
  /** The step at which each schedule but the first starts, integers of at least 0 in ascending order. */
  at: readonly number[];
}

/**
 * One schedule after another; each starts at its step 0.
 *
 * η(t) = ηₖ(t − atₖ), for the last schedule k that has started; the first starts at step 0
 *
 * @param schedules at least one
 * @throws when a schedule is not a function, or `at` has not one step for each schedule but the first, in ascending order
 * @example
 * joinSchedules([constantSchedule(0.1), linearDecay({ start: 0.1, totalSteps: 500 })], { at: [1000] });
 * @see PyTorch, https://pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.SequentialLR.html
 */
export function joinSchedules(schedules: readonly Schedule[], options: JoinSchedulesOptions): Schedule {
  assertArgument('joinSchedules', 'schedules', schedules, required(listOf(scheduleKind)));
  schedules.forEach(assertCalled);
  assertOptions('joinSchedules', options, { at: required(listOf(index)) });
  const { at } = options;
  if (schedules.length === 0 || at.length !== schedules.length - 1) {
    throw new Error(
      `joinSchedules: the number of steps in at is ${at.length}, that of schedules ${schedules.length}; give one step for each schedule but the first`,
    );
  }
  if (at.some((step, i) => i > 0 && step <= at[i - 1]!)) {
    throw new Error(`joinSchedules: at is ${show(at)}; give integers of at least 0 in ascending order`);
  }
  const [all, starts] = [[...schedules], [0, ...at]];
  return defineSchedule('joinSchedules', (step) => {
    const last = starts.findLastIndex((start) => start <= step);
    return callGiven(all[last]!, step - starts[last]!);
  });
}
