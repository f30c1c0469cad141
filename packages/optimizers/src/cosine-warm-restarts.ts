import { assertOptions, count, nonNegative, required } from '@tenfold/checks';
import { defineSchedule, type Schedule } from './schedule';

export interface CosineWarmRestartsOptions {
  /** The value at the start of each period, ≥ 0. */
  peak: number;
  /** The value that each period approaches, ≥ 0; 0 by default. */
  end?: number | undefined;
  /** Number of steps of the first period, an integer of at least 1. */
  period: number;
  /** The factor by which each period is longer than the previous one, an integer of at least 1; 1 by default. */
  growth?: number | undefined;
}

/**
 * SGDR: half a cosine from the peak to the end, repeated with warm restarts.
 *
 * η(t) = end + (peak − end)·(1 + cos(π·u/P))/2 at step u of the current period, with P = period·growthᵏ steps
 *
 * The periods repeat forever. A period does not reach the end value itself: the next step is the peak again.
 *
 * @throws when an option is unknown or out of range
 * @example
 * sgd({ learningRate: cosineWarmRestarts({ peak: 0.1, period: 1000, growth: 2 }) }); // restarts at 1000, 3000, 7000 …
 * @see Loshchilov, Hutter, "SGDR", 2016, https://arxiv.org/abs/1608.03983, equation 5
 */
export function cosineWarmRestarts(options: CosineWarmRestartsOptions): Schedule {
  assertOptions('cosineWarmRestarts', options, {
    peak: required(nonNegative),
    end: nonNegative,
    period: required(count),
    growth: count,
  });
  const { peak, end = 0, period, growth = 1 } = options;
  return defineSchedule('cosineWarmRestarts', (step) => {
    let [into, length] = [step, period];
    if (growth === 1) into = step % period;
    else {
      while (into >= length) {
        into -= length;
        length *= growth;
      }
    }
    return end + ((peak - end) * (1 + Math.cos((Math.PI * into) / length))) / 2;
  });
}
