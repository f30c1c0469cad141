/** The property of a schedule that reads its value without counting as a use of it. */
export const PEEK = Symbol.for('@tenfold/training: peek');

type Schedule = (step: number) => number;

/** Reads a schedule for a report, which does not train with it. */
export const peek = (schedule: Schedule, step: number): number =>
  ((schedule as { [PEEK]?: Schedule })[PEEK] ?? schedule)(step);
