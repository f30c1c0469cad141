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
import type { VectorSet } from './vector-set';

/** Options of {@link spirals}. */
export interface SpiralsOptions {
  /** Points in all; arms take turns, so that their numbers differ by at most one. */
  count: number;
  /** Arms. Default 2. */
  classes?: number;
  /** How often an arm winds around the center. Default 1. */
  turns?: number;
  /** Standard deviation of what is added to each coordinate; the arms are 1 long. Default 0.02. */
  noise?: number;
  /** Seed of everything random here. Default 0. */
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
 * Draws arms of a spiral, one for each class, which no straight line separates:
 * r = √u, angle = 2π (turns · r + label / classes), point = (r cos, r sin) + noise · N(0, 1) with u uniform in 0 … 1.
 *
 * @returns points [count, 2], labels 0 … classes − 1
 * @throws when an option is out of its range
 * @example
 * const { points, labels } = spirals({ count: 400, classes: 2, turns: 1.5, seed: 1 });
 */
export function spirals(options: SpiralsOptions): VectorSet {
  assertOptions('spirals', options, kinds);
  const { count, classes = 2, turns = 1, noise = 0.02, seed = 0 } = options;
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
