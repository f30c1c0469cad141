import {
  assertOptions,
  count as countKind,
  type Kinds,
  nonNegative,
  required,
  seed as seedKind,
} from '@tenfold/checks';
import { createRng } from '@tenfold/random';
import { assertSize } from '../assert-size';
import type { VectorSet } from './vector-set';

/** Options of {@link twoMoons}. */
export interface TwoMoonsOptions {
  /** Total number of points. The moons have equal numbers, to within one. */
  count: number;
  /** Standard deviation of the noise of each coordinate; the moons have radius 1. Default 0.1. */
  noise?: number;
  /** Seed of all random numbers. Default 0. */
  seed?: number;
}

const kinds: Kinds<TwoMoonsOptions> = {
  count: required(countKind),
  noise: nonNegative,
  seed: seedKind,
};

/**
 * Draws two interleaved half circles: with t uniform in 0 … π, class 0 is at (cos t, sin t) and class 1 at
 * (1 − cos t, 0.5 − sin t), each plus noise · N(0, 1).
 *
 * @returns points [count, 2], labels 0 and 1
 * @throws when an option is out of range, or there are more than 2²⁸ numbers
 * @example
 * const { points, labels } = twoMoons({ count: 200, noise: 0.1, seed: 1 });
 */
export function twoMoons(options: TwoMoonsOptions): VectorSet {
  assertOptions('twoMoons', options, kinds);
  const { count, noise = 0.1, seed = 0 } = options;
  assertSize('twoMoons', `${count} points of 2 features`, count, 2);
  const rng = createRng(seed);
  const along = rng.fork('along');
  const points = rng.fork('noise').fillNormal(new Float32Array(2 * count));
  const labels = Int32Array.from({ length: count }, (_, i) => i % 2);
  for (let i = 0; i < count; i++) {
    const t = Math.PI * along.uniform();
    const lower = labels[i] === 1;
    points[2 * i] = (lower ? 1 - Math.cos(t) : Math.cos(t)) + noise * points[2 * i]!;
    points[2 * i + 1] = (lower ? 0.5 - Math.sin(t) : Math.sin(t)) + noise * points[2 * i + 1]!;
  }
  return { points, labels, count, features: 2, classes: 2 };
}
