/** The value of a hyper-parameter at a step of the run, from 0. */
export type Schedule = (step: number) => number;

/** A learning rate that stays, or one that follows a schedule. */
export type LearningRate = number | Schedule;

/** The learning rate at a step; fails when it is not a finite number of at least 0. */
export function rateAt(name: string, learningRate: LearningRate, step: number): number {
  const rate = typeof learningRate === 'function' ? learningRate(step) : learningRate;
  if (!(rate >= 0 && rate < Number.POSITIVE_INFINITY)) {
    throw new Error(
      `${name}: learningRate is ${rate}${typeof learningRate === 'function' ? ` at step ${step}` : ''}; give a finite number of at least 0`,
    );
  }
  return rate;
}
