import {
  assertOptions,
  count as countKind,
  finite,
  type Kinds,
  nonNegative,
  required,
  seed as seedKind,
} from '@tenfold/checks';
import { createRng } from '@tenfold/random';
import { assertSize } from '../assert-size';
import type { VectorSet } from './vector-set';

/** Options of {@link spirals}. */
export interface SpiralsOptions {
  /** Total number of points. The arms have equal numbers, to within one. */
  count: number;
  /** Number of arms, one per class. Default 2. */
  classes?: number;
  /** Number of turns of an arm around the center. Default 1. */
  turns?: number;
  /** Standard deviation of the noise of each coordinate; the radius is at most 1. Default 0.02. */
  noise?: number;
  /** Seed of all random numbers. Default 0. */
  seed?: number;
}

const kinds: Kinds<SpiralsOptions> = {
  count: required(countKind),
  classes: countKind,
  turns: finite,
  noise: nonNegative,
  seed: seedKind,
};

/**
 * Draws the arms of a spiral, one per class, which are not linearly separable:
 * r = √u, angle = 2π (turns · r + label / classes), point = (r cos, r sin) + noise · N(0, 1) with u uniform in 0 … 1.
 *
 * @returns points [count, 2], labels 0 … classes − 1
 * @throws when an option is out of range, or there are more than 2²⁸ numbers
 * @example
 * const { points, labels } = spirals({ count: 400, classes: 2, turns: 1.5, seed: 1 });
 */
export function spirals(options: SpiralsOptions): VectorSet {
  assertOptions('spirals', options, kinds);
  const { count, classes = 2, turns = 1, noise = 0.02, seed = 0 } = options;
  assertSize('spirals', `${count} points of 2 features`, count, 2);
  const rng = createRng(seed);
  const along = rng.fork('along');
  const points = rng.fork('noise').fillNormal(new Float32Array(2 * count));
  const labels = Int32Array.from({ length: count }, (_, i) => i % classes);
  for (let i = 0; i < count; i++) {
    const radius = Math.sqrt(along.uniform());
    const angle = 2 * Math.PI * (turns * radius + labels[i]! / classes);
    points[2 * i] = radius * Math.cos(angle) + noise * points[2 * i]!;
    points[2 * i + 1] = radius * Math.sin(angle) + noise * points[2 * i + 1]!;
  }
  return { points, labels, count, features: 2, classes };
}
