import {
  anything,
  assertOptions,
  count,
  findMisfit,
  flag,
  listOf,
  required,
  seed as seedKind,
  show,
} from '@tenfold/checks';
import { createRng } from '@tenfold/random';
import * as tf from '@tensorflow/tfjs-core';
import type { ArrayData, BatchSource } from '../batch';
import { counted } from '../counted';
import { isOnGpu } from '../finite';

type Numbers = Float32Array | Int32Array;

/** A part of examples that are split into those for training and those for validation. */
export interface Part {
  /** The share of validation in (0, 1). */
  share: number;
  /** Whether it is the part for validation. */
  isValidation: boolean;
}

/** One column of the examples. */
interface Rows {
  what: string;
  count: number;
  /** Selects examples by index, as a tensor [indices, …]. */
  pick(indices: Int32Array): tf.Tensor;
}

/** One column, or several by name or position. */
type Tree = Rows | { [name: string]: Rows } | Rows[];

/**
 * Makes a source of batches from arrays. The order of an epoch depends only on the seed and the epoch.
 *
 * @param name of the function; starts errors
 * @param what name of the data in errors
 */
export async function arraySource<X, Y>(
  name: string,
  what: string,
  data: ArrayData,
  part?: Part,
): Promise<BatchSource<X, Y>> {
  assertOptions(`${name}: ${what}`, data, {
    xs: required(anything),
    ys: required(anything),
    batchSize: count,
    shuffle: flag,
    seed: seedKind,
    xShape: listOf(count),
    yShape: listOf(count),
  });
  const { batchSize = 32, shuffle = true, seed = 0 } = data;
  const xs = await readTree(name, 'xs', data.xs, data.xShape, 'xShape');
  const ys = await readTree(name, 'ys', data.ys, data.yShape, 'yShape');
  const all = [...leaves(xs), ...leaves(ys)];
  const [first] = all as [Rows];
  const other = all.find((rows) => rows.count !== first.count);
  if (other) {
    throw new Error(
      `${name}: ${first.what} has ${counted(first.count, 'example')} but ${other.what} has ${other.count}; give the same number of both${
        [data.xs, data.ys].some(ArrayBuffer.isView)
          ? `, and for a flat typed array with several numbers per example its shape as xShape or yShape${withBatchAxis(data, first.count, other.count)}`
          : ''
      }`,
    );
  }
  if (first.count === 0) throw new Error(`${name}: ${first.what} has no examples; give at least one`);
  const rows = part ? chooseRows(name, what, first.count, seed, part) : undefined;
  const rowCount = rows?.length ?? first.count;
  return {
    size: rowCount,
    stepsPerEpoch: Math.ceil(rowCount / batchSize),
    *batches(epoch) {
      const isShuffled = shuffle && !part?.isValidation;
      const order = isShuffled
        ? createRng(seed).fork('shuffle', epoch).permutation(rowCount)
        : Uint32Array.from({ length: rowCount }, (_, i) => i);
      for (let start = 0; start < rowCount; start += batchSize) {
        const places = order.subarray(start, start + batchSize);
        const indices = Int32Array.from(places, (place) => rows?.[place] ?? place);
        yield { xs: pick(xs, indices) as X, ys: pick(ys, indices) as Y };
      }
    },
  };
}

/** The advice where a shape has the number of examples as its first axis. */
function withBatchAxis({ xShape, yShape }: ArrayData, xCount: number, yCount: number): string {
  for (const [option, shape, count, wanted] of [
    ['xShape', xShape, xCount, yCount],
    ['yShape', yShape, yCount, xCount],
  ] as const) {
    if (shape === undefined || shape[0] === 1 || count * shape[0]! !== wanted) continue;
    const [, ...rest] = shape;
    const advice = rest.length > 0 ? `give ${option} [${rest}], not [${shape}]` : `leave ${option} out`;
    return `; it is the shape of one example, without the batch axis: ${advice}`;
  }
  return '';
}

/** The indices of a part, drawn with the seed: at least one for validation, and one for training. */
function chooseRows(name: string, what: string, size: number, seed: number, part: Part): Uint32Array {
  const order = createRng(seed).fork('split').permutation(size);
  const end = size - Math.max(1, Math.round(size * part.share));
  if (end < 1) {
    throw new Error(
      `${name}: ${what} has ${counted(size, 'example')}, of which validationSplit ${part.share} leaves none for training; give more examples, or a smaller share`,
    );
  }
  return Uint32Array.from(part.isValidation ? order.subarray(end) : order.subarray(0, end)).sort();
}

const isRows = (tree: Tree): tree is Rows => typeof (tree as Rows).pick === 'function';

const leaves = (tree: Tree): Rows[] => (isRows(tree) ? [tree] : Object.values(tree));

function pick(tree: Tree, indices: Int32Array): unknown {
  if (isRows(tree)) return tree.pick(indices);
  if (Array.isArray(tree)) return tree.map((rows) => rows.pick(indices));
  return Object.fromEntries(Object.entries(tree).map(([key, rows]) => [key, rows.pick(indices)]));
}

async function readTree(
  name: string,
  what: string,
  value: unknown,
  shape: readonly number[] | undefined,
  option: string,
): Promise<Tree> {
  const isSeveral = isTuple(value);
  if (shape !== undefined && (isSeveral || isRecord(value) || value instanceof tf.Tensor)) {
    throw new Error(
      `${name}: ${what} is ${show(value)} but ${option} is [${shape}]; leave ${option} out, it is only for a flat array`,
    );
  }
  if (isSeveral) {
    return Promise.all(value.map((entry, i) => readRows(name, `${what}[${i}]`, entry, undefined, option)));
  }
  if (!isRecord(value)) return readRows(name, what, value, shape, option);
  const entries = Object.entries(value as object);
  if (entries.length === 0) throw new Error(`${name}: ${what} is ${show(value)}; give numbers`);
  const rows = await Promise.all(
    entries.map(
      async ([key, entry]) =>
        [key, await readRows(name, `${what}.${key}`, entry, undefined, option)] as const,
    ),
  );
  return Object.fromEntries(rows);
}

const isRecord = (value: unknown): value is object =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !ArrayBuffer.isView(value) &&
  !(value instanceof tf.Tensor);

const isTuple = (value: unknown): value is tf.Tensor[] =>
  Array.isArray(value) && value.length > 0 && Array.from(value).every((entry) => entry instanceof tf.Tensor);

async function readRows(
  name: string,
  what: string,
  value: unknown,
  exampleShape: readonly number[] | undefined,
  option: string,
): Promise<Rows> {
  if (value instanceof tf.Tensor) return tensorRows(name, what, value);
  const { values, shape } = readNumbers(name, what, value);
  if (exampleShape === undefined) return numberRows(what, values, shape);
  const size = tf.util.sizeFromShape([...exampleShape]);
  // The numbers of nested arrays must not move from one example to another.
  const [, ...given] = shape;
  if (given.length > 0 && tf.util.sizeFromShape(given) !== size) {
    throw new Error(
      `${name}: ${what} has examples of shape [${given}] but ${option} is [${exampleShape}]; leave ${option} out, or give examples of that size`,
    );
  }
  if (values.length % size !== 0) {
    throw new Error(
      `${name}: ${what} has ${counted(values.length, 'number')}, which is not a multiple of ${size}, the size of ${option} [${exampleShape}]`,
    );
  }
  return numberRows(what, values, [values.length / size, ...exampleShape]);
}

async function tensorRows(name: string, what: string, tensor: tf.Tensor): Promise<Rows> {
  if (tensor.isDisposed || tensor.rank === 0 || tensor.dtype === 'string' || tensor.dtype === 'complex64') {
    throw new Error(
      `${name}: ${what} is ${show(tensor)}; give a tensor of numbers whose first axis is the examples`,
    );
  }
  if (isOnGpu()) {
    const rows = tensor.shape[0]!;
    return {
      what,
      count: rows,
      pick: (indices) => tf.tidy(() => tf.gather(tensor, tf.tensor1d(indices, 'int32'))),
    };
  }
  const data = await tensor.data();
  return numberRows(
    what,
    (tensor.dtype === 'float32' ? data : Int32Array.from(data)) as Numbers,
    tensor.shape,
  );
}

function numberRows(what: string, values: Numbers, shape: number[]): Rows {
  const [rows = 0, ...rest] = shape;
  const size = tf.util.sizeFromShape(rest);
  return {
    what,
    count: rows,
    pick(indices) {
      const Type = values instanceof Float32Array ? Float32Array : Int32Array;
      const picked = new Type(indices.length * size);
      for (const [i, index] of indices.entries()) {
        picked.set(values.subarray(index * size, (index + 1) * size), i * size);
      }
      return tf.tensor(picked, [indices.length, ...rest], Type === Float32Array ? 'float32' : 'int32');
    },
  };
}

/** Converts nested or typed arrays to one flat array and its shape. */
function readNumbers(name: string, what: string, value: unknown): { values: Numbers; shape: number[] } {
  const shape = inferShape(value);
  if (shape === undefined || shape.length === 0) {
    const misfit = Array.isArray(value) ? findMisfit(what, value) : undefined;
    throw new Error(
      `${name}: ${misfit ?? `${what} is ${show(value)}`}; give a tensor, or numbers in typed or nested arrays${misfit ? ', all of one length' : ''}`,
    );
  }
  const Type = isInteger(value) ? Int32Array : Float32Array;
  const values = new Type(tf.util.sizeFromShape(shape));
  let at = 0;
  const copy = (part: unknown): void => {
    if (ArrayBuffer.isView(part)) {
      values.set(part as unknown as ArrayLike<number>, at);
      at += (part as unknown as ArrayLike<number>).length;
    } else if (Array.isArray(part)) part.forEach(copy);
    else values[at++] = Number(part);
  };
  copy(value);
  return { values, shape };
}

/** The shape of nested arrays of numbers; undefined for ragged arrays and anything else. */
function inferShape(value: unknown): number[] | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return [];
  if (ArrayBuffer.isView(value)) {
    const length = (value as unknown as { length?: number }).length;
    const isBig = value instanceof BigInt64Array || value instanceof BigUint64Array;
    return length === undefined || isBig ? undefined : [length];
  }
  if (!Array.isArray(value)) return undefined;
  let inner: number[] | undefined = value.length === 0 ? [] : inferShape(value[0]);
  // A loop, because `every` would skip the holes of a sparse array.
  for (let i = 1; i < value.length && inner; i++) {
    const shape = inferShape(value[i]);
    if (shape?.join() !== inner.join()) inner = undefined;
  }
  return inner && [value.length, ...inner];
}

/** Whether a typed array, or each one of a list, holds integers that fit in int32. */
function isInteger(value: unknown): boolean {
  if (Array.isArray(value)) return ArrayBuffer.isView(value[0]) && value.every(isInteger);
  return (
    ArrayBuffer.isView(value) &&
    !(value instanceof Float32Array || value instanceof Float64Array || value instanceof Uint32Array)
  );
}
