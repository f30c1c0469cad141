/** Labelled points: point `i` is `points.subarray(i * features, (i + 1) * features)`. */
export interface VectorSet {
  /** [count, features] */
  readonly points: Float32Array;
  /** Class index of each point, [count]. */
  readonly labels: Int32Array;
  readonly count: number;
  readonly features: number;
  readonly classes: number;
}

/** Checks options that every synthetic set has; error messages begin with `caller`. */
export function checkSyntheticOptions(caller: string, count: number, classes: number, noise: number): void {
  if (!Number.isInteger(count) || count < 1) {
    throw new Error(`${caller}: count is ${count}; give an integer from 1 up`);
  }
  if (!Number.isInteger(classes) || classes < 1) {
    throw new Error(`${caller}: classes is ${classes}; give an integer from 1 up`);
  }
  if (!(noise >= 0 && noise < Number.POSITIVE_INFINITY)) {
    throw new Error(`${caller}: the noise is ${noise}; give a number from 0 up`);
  }
}
