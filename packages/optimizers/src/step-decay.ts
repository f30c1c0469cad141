import { assertCount, assertNotNegative } from './checks';
import type { Schedule } from './schedule';

export interface StepDecayOptions {
  /** The value before the first drop, ≥ 0. */
  start: number;
  /** What each drop multiplies the value by, ≥ 0; 0.1 by default. */
  factor?: number;
  /** Steps between one drop and the next, an integer of at least 1; or give `at`. */
  every?: number;
  /** The steps of the drops, integers of at least 0 that rise; or give `every`. */
  at?: readonly number[];
}

/**
 * A staircase: the value drops by a factor now and then.
 *
 * η(t) = start·factorᵏ, with k = ⌊t/every⌋, or the number of drops in `at` that are ≤ t
 *
 * @throws when not exactly one of every and at is given, or a number is out of its range
 * @example
 * sgd({ learningRate: stepDecay({ start: 0.1, at: [3000, 6000] }) }); // 0.1, from step 3000 0.01, from 6000 0.001
 * @see He et al., "Deep Residual Learning", 2015, https://arxiv.org/abs/1512.03385, section 3.4
 */
export function stepDecay({ start, factor = 0.1, every, at }: StepDecayOptions): Schedule {
  assertNotNegative('stepDecay', { start, factor });
  if ((every === undefined) === (at === undefined)) {
    throw new Error(`stepDecay: ${at ? 'both' : 'neither'} of every and at given; give one of the two`);
  }
  if (every !== undefined) assertCount('stepDecay', { every });
  const drops = at ?? [];
  if (drops.some((step, i) => !Number.isInteger(step) || step < 0 || step <= (drops[i - 1] ?? -1))) {
    throw new Error(`stepDecay: at is [${at}]; give integers of at least 0 that rise`);
  }
  return (step) => {
    const k = every === undefined ? drops.filter((drop) => drop <= step).length : Math.floor(step / every);
    return start * factor ** k;
  };
}
