import { assertOptions, count, index, listOf, nonNegative, required, show } from '@tenfold/checks';
import { defineSchedule, type Schedule } from './schedule';

export interface StepDecayOptions {
  /** The value before the first drop, ≥ 0. */
  start: number;
  /** The factor of each drop, ≥ 0; 0.1 by default. */
  factor?: number | undefined;
  /** Number of steps between drops, an integer of at least 1; or give `at`. */
  every?: number | undefined;
  /** The steps of the drops, integers of at least 0 in ascending order; or give `every`. */
  at?: readonly number[] | undefined;
}

/**
 * A staircase: multiplies the value by a factor at regular intervals or at given steps.
 *
 * η(t) = start·factorᵏ, with k = ⌊t/every⌋, or the number of drops in `at` that are ≤ t
 *
 * @throws when not exactly one of `every` and `at` is given, or an option is unknown or out of range
 * @example
 * sgd({ learningRate: stepDecay({ start: 0.1, at: [3000, 6000] }) }); // 0.1, from step 3000 0.01, from 6000 0.001
 * @see He et al., "Deep Residual Learning", 2015, https://arxiv.org/abs/1512.03385, section 3.4
 */
export function stepDecay(options: StepDecayOptions): Schedule {
  assertOptions('stepDecay', options, {
    start: required(nonNegative),
    factor: nonNegative,
    every: count,
    at: listOf(index),
  });
  const { start, factor = 0.1, every, at } = options;
  if ((every === undefined) === (at === undefined)) {
    throw new Error(`stepDecay: ${at ? 'both' : 'neither'} of every and at are given; give one of the two`);
  }
  const drops = at ?? [];
  if (drops.some((step, i) => i > 0 && step <= drops[i - 1]!)) {
    throw new Error(`stepDecay: at is ${show(at)}; give integers of at least 0 in ascending order`);
  }
  return defineSchedule('stepDecay', (step) => {
    const k = every === undefined ? drops.filter((drop) => drop <= step).length : Math.floor(step / every);
    return start * factor ** k;
  });
}
