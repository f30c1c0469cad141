import { assertArgument, findMisfit, oneOf, show } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { assertBackend } from './assert-backend';

/** A tensor, or a number or nested arrays that convert to one. */
export type Input<T extends tf.Tensor = tf.Tensor> = T | tf.TensorLike;

const dtypes = oneOf('float32', 'int32');
const WANTED = 'give a tensor, or numbers in nested arrays';

/**
 * Converts an argument to a float32 tensor: casts int32 and bool tensors, and converts nested arrays. Call it within
 * `tf.tidy`.
 *
 * @param name of the function; starts the error
 * @param what name of the argument
 * @throws when the argument is missing, disposed, ragged, complex, or holds anything that is not a number; or no backend is registered
 */
export function floatTensor<T extends tf.Tensor = tf.Tensor>(name: string, what: string, value: Input<T>): T {
  assertNames('floatTensor', name, what);
  const tensor = toTensor(name, what, value);
  return (tensor.dtype === 'float32' ? tensor : tf.cast(tensor, 'float32')) as T;
}

/** Converts an argument to a tensor of numbers. A tensor keeps its dtype; arrays become float32 unless `dtype` is given. */
export function toTensor(name: string, what: string, value: Input, dtype?: 'float32' | 'int32'): tf.Tensor {
  assertNames('toTensor', name, what);
  assertArgument('toTensor', 'dtype', dtype, dtypes);
  if (value instanceof tf.Tensor) {
    if (value.isDisposed)
      throw new Error(`${name}: ${what} is ${show(value)}; give one that still holds its values`);
    if (value.dtype === 'float32' || value.dtype === 'int32' || value.dtype === 'bool') return value;
    throw new Error(`${name}: ${what} is ${show(value)}; give a tensor of real numbers`);
  }
  if (!isNumbers(value)) {
    const [path, wrong] = findNoNumber(what, value);
    const found = wrong === undefined && path === what ? 'missing' : show(wrong);
    throw new Error(`${name}: ${path} is ${found}; ${WANTED}`);
  }
  assertBackend(name);
  // tfjs checks this only in debug mode; otherwise it makes a tensor with too few values.
  if (!inferShape(value)) {
    const misfit = findMisfit(what, value) ?? `${what} is ${show(value)}`;
    throw new Error(`${name}: ${misfit}; ${WANTED}, all of one length`);
  }
  return tf.tensor(known(value) as tf.TensorLike, undefined, dtype);
}

function assertNames(by: string, name: unknown, what: unknown): void {
  if (typeof name === 'string' && typeof what === 'string') return;
  const wrong = typeof name === 'string' ? 'what' : 'name';
  throw new Error(`${by}: ${wrong} is ${show({ name, what }[wrong])}; give a string`);
}

const isNumbers = (value: unknown): boolean =>
  typeof value === 'number' ||
  typeof value === 'boolean' ||
  (ArrayBuffer.isView(value) && !(value instanceof DataView) && !isBig(value)) ||
  // `every` alone would skip the holes of a sparse array.
  (Array.isArray(value) && Array.from(value).every(isNumbers));

/** The first element that is no number, with its place, such as `labels[2]`. */
function findNoNumber(path: string, value: unknown): [path: string, value: unknown] {
  if (!Array.isArray(value)) return [path, value];
  const i = Array.from(value).findIndex((element) => !isNumbers(element));
  return findNoNumber(`${path}[${i}]`, value[i]);
}

const isBig = (value: unknown): boolean => value instanceof BigInt64Array || value instanceof BigUint64Array;

/** The shape of nested arrays; undefined when they are ragged. */
function inferShape(value: unknown): number[] | undefined {
  if (ArrayBuffer.isView(value)) return [(value as unknown as ArrayLike<number>).length];
  if (!Array.isArray(value)) return [];
  const shapes = value.map(inferShape);
  const [first = []] = shapes;
  return shapes.every((shape) => shape?.join() === first.join()) ? [value.length, ...first] : undefined;
}

/** Converts a typed array of a type that tfjs does not know to one that it knows. */
function known(value: unknown): unknown {
  if (Array.isArray(value)) return ArrayBuffer.isView(value[0]) ? value.map(known) : value;
  if (!ArrayBuffer.isView(value) || TYPED.some((type) => value instanceof type)) return value;
  return Float32Array.from(value as unknown as ArrayLike<number>);
}

const TYPED = [Float32Array, Int32Array, Uint8Array, Uint8ClampedArray];
