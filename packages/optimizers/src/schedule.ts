import {
  assertArgument,
  assertCalled,
  callGiven,
  either,
  func,
  nonNegative,
  required,
} from '@tenfold/checks';

/** The value of a hyperparameter as a function of the step, counted from 0. */
export type Schedule = (step: number) => number;

/** A constant learning rate or a schedule. */
export type LearningRate = number | Schedule;

export const scheduleKind = { ...func, expected: 'a schedule such as cosineDecay({ … })' };
export const learningRateKind = either(nonNegative, scheduleKind);

/**
 * Makes a schedule that checks the step: NaN or text would become a value of NaN.
 *
 * @param name of the function that returns it; starts errors
 */
export const defineSchedule =
  (name: string, at: Schedule): Schedule =>
  (step) => {
    assertArgument(name, 'step', step, required(nonNegative));
    return at(step);
  };

/** Throws unless a value is a schedule, one that is made if its source shows that. */
export function assertSchedule(name: string, what: string, schedule: unknown): void {
  assertArgument(name, what, schedule, required(scheduleKind));
  assertCalled(schedule);
}

/** The learning rate at a step. Throws when it is not a finite number of at least 0. */
export function rateAt(name: string, learningRate: LearningRate, step: number): number {
  if (typeof learningRate === 'number') return learningRate;
  const rate = callGiven(learningRate, step);
  assertArgument(name, `learningRate at step ${step}`, rate, required(nonNegative));
  return rate;
}
