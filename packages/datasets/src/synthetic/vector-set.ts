import { show } from '@tenfold/checks';
import { checkLabels, type Labels } from '../image-set';

/** Labeled points: point `i` is `points.subarray(i * features, (i + 1) * features)`. */
export interface VectorSet {
  /** [count, features] */
  readonly points: Float32Array;
  /** Class index of each point, [count]. */
  readonly labels: Labels;
  /** The number of points. */
  readonly count: number;
  /** The number of features of a point. */
  readonly features: number;
  /** The number of classes; labels are smaller. */
  readonly classes: number;
}

/**
 * Checks that a set has points and class indices, in the numbers given by its sizes.
 *
 * @param caller name of the calling function; starts errors
 */
export function checkVectorSet(caller: string, set: VectorSet): void {
  if (typeof set !== 'object' || set === null || !('points' in set && 'labels' in set)) {
    throw new Error(`${caller}: the set is ${show(set)}; give { points, labels, count, features, classes }`);
  }
  const { points, labels, count, features, classes } = set;
  for (const [name, size] of Object.entries({ count, features, classes })) {
    if (Number.isInteger(size) && size >= (name === 'count' ? 0 : 1)) continue;
    throw new Error(`${caller}: ${name} of the set is ${show(size)}; give an integer`);
  }
  if (!(points instanceof Float32Array)) {
    throw new Error(
      `${caller}: points is ${show(points)}; give a Float32Array, or use fromArrays for other numbers`,
    );
  }
  checkLabels(caller, labels);
  if (points.length !== count * features || labels.length !== count) {
    throw new Error(
      `${caller}: the set has the shape [${count},${features}] but ${points.length} numbers and ${labels.length} labels`,
    );
  }
  const outside = labels.findIndex((label) => label >= classes);
  if (outside >= 0) {
    throw new Error(`${caller}: label ${outside} is ${labels[outside]}, but there are ${classes} classes`);
  }
}
