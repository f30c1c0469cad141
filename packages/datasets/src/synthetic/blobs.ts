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

/** Options of {@link blobs}. */
export interface BlobsOptions {
  /** Total number of points. The classes have equal numbers, to within one. */
  count: number;
  /** Number of classes. Default 3. */
  classes?: number;
  /** Number of features of a point. Default 2. */
  features?: number;
  /** Standard deviation of the points around their center. Default 1. */
  spread?: number;
  /** Bound of the centers, which are uniform in −box … box. Default 10. */
  box?: number;
  /** Seed of all random numbers. Default 0. */
  seed?: number;
}

const kinds: Kinds<BlobsOptions> = {
  count: required(countKind),
  classes: countKind,
  features: countKind,
  spread: nonNegative,
  box: nonNegative,
  seed: seedKind,
};

/**
 * Draws Gaussian clouds of points, one per class: point = center[label] + spread · N(0, 1).
 *
 * The centers depend on the seed but not on `count`.
 *
 * @returns points [count, features], labels 0 … classes − 1
 * @throws when an option is out of range, or there are more than 2²⁸ numbers
 * @example
 * const { points, labels } = blobs({ count: 300, classes: 3, seed: 1 });
 */
export function blobs(options: BlobsOptions): VectorSet {
  assertOptions('blobs', options, kinds);
  const { count, classes = 3, features = 2, spread = 1, box = 10, seed = 0 } = options;
  assertSize('blobs', `${count} points of ${features} features`, count, features);
  assertSize('blobs', `the centers of ${classes} classes with ${features} features`, classes, features);
  const rng = createRng(seed);
  const centers = rng.fork('centers').fillUniform(new Float32Array(classes * features));
  const points = rng.fork('points').fillNormal(new Float32Array(count * features));
  const labels = Int32Array.from({ length: count }, (_, i) => i % classes);
  for (let i = 0; i < points.length; i++) {
    const center = centers[labels[Math.floor(i / features)]! * features + (i % features)]!;
    points[i] = (2 * center - 1) * box + spread * points[i]!;
  }
  return { points, labels, count, features, classes };
}
