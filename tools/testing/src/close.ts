import * as tf from '@tensorflow/tfjs-core';

type Values = tf.Tensor | ArrayLike<number> | number;

/**
 * Throws unless every element agrees: |actual − expected| ≤ absolute + relative·|expected|. NaN agrees only with NaN, and an infinity
 * only with the same infinity. If both are tensors, their shapes must be equal.
 */
export async function expectClose(
  actual: Values,
  expected: Values,
  { absolute = 1e-6, relative = 1e-5, label = 'value' } = {},
): Promise<void> {
  if (
    actual instanceof tf.Tensor &&
    expected instanceof tf.Tensor &&
    actual.shape.join() !== expected.shape.join()
  ) {
    throw new Error(`${label}: shape [${actual.shape}], expected [${expected.shape}]`);
  }
  const [a, e] = [await numbers(actual), await numbers(expected)];
  if (a.length !== e.length) throw new Error(`${label}: ${a.length} elements, expected ${e.length}`);
  for (let i = 0; i < e.length; i++) {
    const [x, y] = [a[i]!, e[i]!];
    if (Object.is(x, y) || x === y) continue;
    if (!(Math.abs(x - y) <= absolute + relative * Math.abs(y)) || !Number.isFinite(y)) {
      throw new Error(
        `${label}: element ${i} is ${x}, expected ${y} (absolute ${absolute}, relative ${relative})`,
      );
    }
  }
}

/** {@link relativeRms} of tensors or numbers. */
export async function relativeError(actual: Values, expected: Values): Promise<number> {
  return relativeRms(await numbers(actual), await numbers(expected));
}

/** Root mean square of the differences over root mean square of the expected values. */
export function relativeRms(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length)
    throw new Error(`relativeRms: ${actual.length} elements, expected ${expected.length}`);
  let [difference, size] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    difference += (actual[i]! - expected[i]!) ** 2;
    size += expected[i]! ** 2;
  }
  return Math.sqrt(difference / Math.max(size, Number.MIN_VALUE));
}

async function numbers(x: Values): Promise<ArrayLike<number>> {
  if (x instanceof tf.Tensor) return x.data();
  return typeof x === 'number' ? [x] : x;
}
