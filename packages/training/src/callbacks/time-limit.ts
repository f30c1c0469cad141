import { assertOptions, positive, required } from '@tenfold/checks';
import { type Callback, named } from '../callback';

export interface TimeLimitOptions {
  /** The wall-clock time after which training ends, in seconds > 0. */
  seconds: number;
}

/**
 * Ends training with the first step or epoch after a time. The epoch's report has the steps so far, and is validated.
 *
 * @throws when seconds is missing or not positive
 * @example
 * await fit(model, { ...options, callbacks: [timeLimit({ seconds: 3600 })] });
 */
export function timeLimit(options: TimeLimitOptions): Callback {
  assertOptions('timeLimit', options, { seconds: required(positive) });
  const { seconds } = options;
  return named('timeLimit', () => {
    const end = performance.now() + 1000 * seconds;
    const goesOn = () => performance.now() < end;
    return { onStep: goesOn, onEpoch: goesOn };
  });
}
