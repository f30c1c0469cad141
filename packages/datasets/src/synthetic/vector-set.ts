import { show } from '@tenfold/checks';
import { checkLabels, type Labels } from '../image-set';

/** Labeled points: point `i` is `points.subarray(i * features, (i + 1) * features)`. */
export interface VectorSet {
  /** [count, features] */
  readonly points: Float32Array;
  /** Class index of each point, [count]. */
  readonly labels: Labels;
  /** How many points there are. */
  readonly count: number;
  /** Numbers of a point. */
  readonly features: number;
  /** How many classes there are; labels are below it. */
  readonly classes: number;
}

/**
 * Checks that a set has points and class indices, as many as its sizes say.
 *
 * @param caller name of the function that was given the set; the error message begins with it
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
      `${caller}: points is ${show(points)}; give a Float32Array, or numbers of any kind to fromArrays`,
    );
  }
  checkLabels(caller, labels);
  if (points.length !== count * features || labels.length !== count) {
    throw new Error(
      `${caller}: the set says [${count},${features}] but has ${points.length} numbers and ${labels.length} labels`,
    );
  }
  const outside = labels.findIndex((label) => label >= classes);
  if (outside >= 0) {
    throw new Error(`${caller}: label ${outside} is ${labels[outside]}, but there are ${classes} classes`);
  }
}
