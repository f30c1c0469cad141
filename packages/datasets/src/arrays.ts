import { show } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';

type NumberArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint8ClampedArray
  | Uint16Array
  | Uint32Array;

type Nested = number | boolean | NumberArray | readonly Nested[];

/** Examples along the first axis, as a nested array of numbers or booleans, a typed array, or a tensor. */
export type ArrayData = tf.Tensor | NumberArray | readonly Nested[];

/** One array of examples, or several by name. */
export type Arrays = ArrayData | { readonly [name: string]: ArrayData };

/** The values of an array in row-major order, with shape and dtype. */
export interface FlatArray {
  readonly data: Float32Array | Int32Array | Uint8Array;
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32' | 'bool';
}

/** The most numbers of an array, which tensors can index. */
const MOST = 2 ** 31 - 1;

/** Whether there are several arrays by name. */
export function isRecord(arrays: Arrays): arrays is { readonly [name: string]: ArrayData } {
  return (
    typeof arrays === 'object' &&
    arrays !== null &&
    !(arrays instanceof tf.Tensor) &&
    !Array.isArray(arrays) &&
    !ArrayBuffer.isView(arrays)
  );
}

/**
 * Counts the examples, the same number in all arrays.
 *
 * @param caller name of the calling function; starts errors
 * @throws when a value is not an array or tensor of examples, or their numbers differ
 */
export function countExamples(caller: string, arrays: { readonly [name: string]: Arrays }): number {
  const counts = Object.entries(arrays).flatMap(([name, values]) =>
    isRecord(values) && Object.keys(values).length > 0
      ? Object.entries(values).map(([key, one]) => countRows(caller, `${name}.${key}`, one))
      : [countRows(caller, name, values as ArrayData)],
  );
  const first = counts[0]!;
  const other = counts.find(({ count }) => count !== first.count);
  if (other) {
    const flat = Object.values(arrays).some((values) => ArrayBuffer.isView(values));
    throw new Error(
      `${caller}: ${first.name} has ${first.count} examples but ${other.name} has ${other.count}; give the same number of both${flat ? ', and make a tensor of a flat typed array: tf.tensor(values, [examples, …])' : ''}`,
    );
  }
  return first.count;
}

function countRows(caller: string, name: string, values: ArrayData): { name: string; count: number } {
  const isTensor = values instanceof tf.Tensor;
  if (isTensor && values.isDisposed)
    throw new Error(`${caller}: ${name} is a disposed tensor; give one that still holds its values`);
  if (isTensor && !['float32', 'int32', 'bool'].includes(values.dtype))
    throw new Error(`${caller}: ${name} is ${show(values)}; give a tensor of real numbers`);
  if (isTensor && values.rank > 0) return { name, count: values.shape[0]! };
  if (!isTensor && (Array.isArray(values) || isNumberArray(values))) return { name, count: values.length };
  throw new Error(`${caller}: ${name} is ${show(values)}; give an array or a tensor, examples first`);
}

/** Selects examples and keeps the form of the arrays. From a tensor it makes a new one, which the caller disposes. */
export function pickExamples<A extends Arrays>(arrays: A, indices: Uint32Array): A {
  if (isRecord(arrays)) {
    const entries = Object.entries(arrays).map(([name, values]) => [name, pickExamples(values, indices)]);
    return Object.fromEntries(entries);
  }
  if (arrays instanceof tf.Tensor) {
    return tf.tidy(() => tf.gather(arrays, tf.tensor1d(Int32Array.from(indices), 'int32'))) as tf.Tensor as A;
  }
  if (Array.isArray(arrays)) return Array.from(indices, (index) => arrays[index]) as readonly Nested[] as A;
  const values = arrays as NumberArray;
  const picked = new (values.constructor as Float32ArrayConstructor)(indices.length);
  indices.forEach((index, n) => {
    picked[n] = values[index]!;
  });
  return picked as NumberArray as A;
}

/**
 * Copies a nested or typed array into a flat array of a dtype that tensors have.
 *
 * @param caller name of the calling function; starts errors
 * @param name of the array in errors
 * @throws when the array is ragged or contains anything but numbers or booleans
 */
export function flatten(caller: string, name: string, values: Exclude<ArrayData, tf.Tensor>): FlatArray {
  const shape = inferShape(values);
  const size = shape.reduce((product, n) => product * n, 1);
  // Ragged arrays may seem to have more numbers than there are.
  if (size > MOST) {
    throw new Error(
      `${caller}: ${name} has the shape [${shape}] according to its first entries, ${size} numbers; give at most ${MOST}`,
    );
  }
  const numbers = new Float64Array(size);
  const kinds = new Set<FlatArray['dtype']>();
  let at = 0;
  const visit = (value: unknown, axis: number, path: string): void => {
    if (isNumberArray(value) || Array.isArray(value)) {
      if (axis === shape.length || value.length !== shape[axis]) {
        const expected = axis === shape.length ? 'a number' : `${shape[axis]} entries`;
        throw new Error(
          `${caller}: ${path} has ${value.length} entries, expected ${expected} as in the first example`,
        );
      }
      if (isNumberArray(value) && axis === shape.length - 1) {
        numbers.set(value, at);
        at += value.length;
        kinds.add(value instanceof Float32Array || value instanceof Float64Array ? 'float32' : 'int32');
        return;
      }
      for (let i = 0; i < value.length; i++) visit(value[i], axis + 1, `${path}[${i}]`);
      return;
    }
    if (typeof value !== 'number' && typeof value !== 'boolean') {
      throw new Error(`${caller}: ${path} is ${show(value)}; give numbers or booleans`);
    }
    if (axis !== shape.length) {
      throw new Error(
        `${caller}: ${path} is ${value}, expected ${shape[axis]} entries as in the first example`,
      );
    }
    numbers[at++] = Number(value);
    kinds.add(typeof value === 'boolean' ? 'bool' : 'float32');
  };
  visit(values, 0, name);
  return { ...typed(caller, name, numbers, kinds), shape };
}

function typed(
  caller: string,
  name: string,
  numbers: Float64Array,
  kinds: ReadonlySet<FlatArray['dtype']>,
): Omit<FlatArray, 'shape'> {
  if (kinds.size === 0 || kinds.has('float32')) return { data: Float32Array.from(numbers), dtype: 'float32' };
  if (!kinds.has('int32')) return { data: Uint8Array.from(numbers), dtype: 'bool' };
  const large = numbers.find((value) => value > 0x7fffffff);
  if (large !== undefined) {
    throw new Error(`${caller}: ${name} contains ${large}, which does not fit in int32; give a Float32Array`);
  }
  return { data: Int32Array.from(numbers), dtype: 'int32' };
}

/** The lengths of the first entries at each level. */
function inferShape(values: unknown): number[] {
  const shape: number[] = [];
  for (let value = values; isNumberArray(value) || Array.isArray(value); value = value[0]) {
    shape.push(value.length);
    if (value.length === 0) break;
  }
  return shape;
}

function isNumberArray(value: unknown): value is NumberArray {
  return (
    ArrayBuffer.isView(value) &&
    !(value instanceof DataView || value instanceof BigInt64Array || value instanceof BigUint64Array)
  );
}
