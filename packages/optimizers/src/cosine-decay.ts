import { assertOptions, count, index, nonNegative, required } from '@tenfold/checks';
import { defineSchedule, type Schedule } from './schedule';

export interface CosineDecayOptions {
  /** The highest value, ≥ 0, at the end of the warm-up. */
  peak: number;
  /** Number of steps including the warm-up, an integer of at least 1. */
  totalSteps: number;
  /** Number of steps of the linear rise to the peak, an integer from 0 to totalSteps − 1; 0 by default. */
  warmupSteps?: number | undefined;
  /** The final value, ≥ 0; 0 by default. */
  end?: number | undefined;
}

/**
 * A linear warm-up, then half a cosine from the peak to the end.
 *
 * t < w: peak·(t + 1)/w; then end + (peak − end)·(1 + cos(π·min(1, (t − w)/(T − w))))/2 with warm-up w and total T
 *
 * @throws when an option is unknown or out of range, or the warm-up takes all steps
 * @example
 * adamW({ learningRate: cosineDecay({ peak: 1e-3, warmupSteps: 100, totalSteps: 1000 }) });
 * @see Loshchilov, Hutter, "SGDR", 2016, https://arxiv.org/abs/1608.03983, equation 5 (one period)
 */
export function cosineDecay(options: CosineDecayOptions): Schedule {
  assertOptions('cosineDecay', options, {
    peak: required(nonNegative),
    totalSteps: required(count),
    warmupSteps: index,
    end: nonNegative,
  });
  const { peak, totalSteps, warmupSteps = 0, end = 0 } = options;
  if (warmupSteps >= totalSteps) {
    throw new Error(
      `cosineDecay: warmupSteps is ${warmupSteps} of ${totalSteps} totalSteps; give an integer from 0 to ${totalSteps - 1}`,
    );
  }
  return defineSchedule('cosineDecay', (step) => {
    if (step < warmupSteps) return (peak * (step + 1)) / warmupSteps;
    const progress = Math.min(1, (step - warmupSteps) / (totalSteps - warmupSteps));
    return end + ((peak - end) * (1 + Math.cos(Math.PI * progress))) / 2;
  });
}
