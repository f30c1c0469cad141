import { assertOptions, count, nonNegative, oneOf, positive, required } from '@tenfold/checks';
import { defineSchedule, type Schedule } from './schedule';

export interface OneCycleOptions {
  /** The highest value, ≥ 0. */
  peak: number;
  /** Number of steps, an integer of at least 2; the last step has the value `end`. */
  totalSteps: number;
  /** The fraction of steps in which the value rises, in (0, 1); 0.3 by default. */
  warmupFraction?: number | undefined;
  /** The value at step 0, ≥ 0; peak/25 by default. */
  start?: number | undefined;
  /** The final value, ≥ 0; start/10,000 by default. */
  end?: number | undefined;
  /** The shape of rise and fall, half a cosine or a straight line; 'cosine' by default. */
  shape?: 'cosine' | 'linear' | undefined;
}

/**
 * One cycle: a rise to the peak, then a fall to nearly zero, as in PyTorch's OneCycleLR.
 *
 * η(t) = start → peak over u = t/r for t ≤ r, then peak → end over u = (t − r)/(T − 1 − r), with
 * r = warmupFraction·T − 1 and T = totalSteps; 'cosine': a → b is b + (a − b)·(1 + cos(π·u))/2; 'linear': a + (b − a)·u
 *
 * After the last step the value stays at the end.
 *
 * @throws when an option is unknown or out of range, or there are too few steps for the rise and the fall
 * @example
 * sgd({ learningRate: oneCycle({ peak: 0.4, totalSteps: 1000 }), momentum: 0.9 });
 * @see Smith, Topin, "Super-Convergence", 2017, https://arxiv.org/abs/1708.07120, section 3
 */
export function oneCycle(options: OneCycleOptions): Schedule {
  assertOptions('oneCycle', options, {
    peak: required(nonNegative),
    totalSteps: required(count),
    warmupFraction: positive,
    start: nonNegative,
    end: nonNegative,
    shape: oneOf('cosine', 'linear'),
  });
  const { peak, totalSteps, warmupFraction = 0.3, shape = 'cosine' } = options;
  const { start = peak / 25, end = start / 1e4 } = options;
  const [top, last] = [warmupFraction * totalSteps - 1, totalSteps - 1];
  if (!(top > 0 && top < last)) {
    throw new Error(
      `oneCycle: warmupFraction is ${warmupFraction} of ${totalSteps} totalSteps; give a fraction in (0, 1) that is more than one step and less than all steps`,
    );
  }
  const between = (from: number, to: number, u: number) =>
    shape === 'linear' ? from + (to - from) * u : to + ((from - to) * (1 + Math.cos(Math.PI * u))) / 2;
  return defineSchedule('oneCycle', (step) => {
    if (step >= last) return end;
    return step <= top ? between(start, peak, step / top) : between(peak, end, (step - top) / (last - top));
  });
}
