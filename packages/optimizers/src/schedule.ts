import { assertArgument, either, func, nonNegative, required } from '@tenfold/checks';

/** The value of a hyper-parameter at a step of the run, from 0. */
export type Schedule = (step: number) => number;

/** A learning rate that stays, or one that follows a schedule. */
export type LearningRate = number | Schedule;

export const scheduleKind = { ...func, expected: 'a schedule such as cosineDecay({ … })' };
export const learningRateKind = either(nonNegative, scheduleKind);

/** The learning rate at a step; fails when it is not a finite number of at least 0. */
export function rateAt(name: string, learningRate: LearningRate, step: number): number {
  if (typeof learningRate === 'number') return learningRate;
  const rate = learningRate(step);
  assertArgument(name, `learningRate at step ${step}`, rate, required(nonNegative));
  return rate;
}
