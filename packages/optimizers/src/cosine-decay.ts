import type { Schedule } from './schedule';
import { assertSteps } from './steps';

export interface CosineDecayOptions {
  /** The highest value, reached at the end of the warm-up. */
  peak: number;
  /** Steps of the whole schedule, warm-up included. */
  totalSteps: number;
  /** Steps over which the value rises linearly from 0 to peak; 0 by default. */
  warmupSteps?: number;
  /** The last value; 0 by default. */
  end?: number;
}

/**
 * Half a cosine from the peak to the end, after a linear warm-up.
 *
 * t < w: peak·(t + 1)/w; then end + (peak − end)·(1 + cos(π·min(1, (t − w)/(T − w))))/2 with warm-up w and total T
 *
 * @throws when a number of steps is not an integer, or the warm-up is not shorter than the whole
 * @example
 * adamW({ learningRate: cosineDecay({ peak: 1e-3, warmupSteps: 100, totalSteps: 1000 }) });
 * @see Loshchilov, Hutter, "SGDR", 2016, https://arxiv.org/abs/1608.03983, equation 5 (one period)
 */
export function cosineDecay({ peak, totalSteps, warmupSteps = 0, end = 0 }: CosineDecayOptions): Schedule {
  assertSteps('cosineDecay', { totalSteps, warmupSteps });
  return (step) => {
    if (step < warmupSteps) return (peak * (step + 1)) / warmupSteps;
    const progress = Math.min(1, (step - warmupSteps) / (totalSteps - warmupSteps));
    return end + ((peak - end) * (1 + Math.cos(Math.PI * progress))) / 2;
  };
}
