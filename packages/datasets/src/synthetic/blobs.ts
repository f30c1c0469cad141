import { createRng } from '@tenfold/random';
import { checkSyntheticOptions, type VectorSet } from './vector-set';

/** Options of {@link blobs}. */
export interface BlobsOptions {
  /** Points in all; classes take turns, so that their numbers differ by at most one. */
  count: number;
  /** Default 3. */
  classes?: number;
  /** Default 2. */
  features?: number;
  /** Standard deviation of the points around their centre. Default 1. */
  spread?: number;
  /** Centres are uniform in −box … box. Default 10. */
  box?: number;
  /** Default 0. */
  seed?: number;
}

/**
 * Draws round clouds of points, one for each class: point = centre[label] + spread · N(0, 1).
 *
 * The centres depend on the seed and not on `count`.
 *
 * @returns points [count, features], labels 0 … classes − 1
 * @throws when an option is out of its range
 * @example
 * const { points, labels } = blobs({ count: 300, classes: 3, seed: 1 });
 */
export function blobs({
  count,
  classes = 3,
  features = 2,
  spread = 1,
  box = 10,
  seed = 0,
}: BlobsOptions): VectorSet {
  checkSyntheticOptions('blobs', count, classes, spread);
  if (!Number.isInteger(features) || features < 1) {
    throw new Error(`blobs: features is ${features}; give an integer from 1 up`);
  }
  const rng = createRng(seed);
  const centres = rng.fork('centres').fillUniform(new Float32Array(classes * features));
  const points = rng.fork('points').fillNormal(new Float32Array(count * features));
  const labels = Int32Array.from({ length: count }, (_, i) => i % classes);
  for (let i = 0; i < points.length; i++) {
    const centre = centres[labels[Math.floor(i / features)]! * features + (i % features)]!;
    points[i] = (2 * centre - 1) * box + spread * points[i]!;
  }
  return { points, labels, count, features, classes };
}
