import {
  anything,
  assertOptions,
  count,
  flag,
  listOf,
  required,
  seed as seedKind,
  show,
} from '@tenfold/checks';
import { createRng } from '@tenfold/random';
import * as tf from '@tensorflow/tfjs-core';
import type { ArrayData, BatchSource } from '../batch';
import { isOnGpu } from '../finite';

type Numbers = Float32Array | Int32Array;

/** One column: what every example has of it. */
interface Rows {
  what: string;
  count: number;
  /** The examples of these indices, as a tensor [indices, …]. */
  pick(indices: Int32Array): tf.Tensor;
}

/** A tensor, or several by name or position. */
type Tree = Rows | { [name: string]: Rows } | Rows[];

/**
 * Batches of examples that are all there. The order of an epoch depends on the seed and the epoch alone.
 *
 * @param name of the function, the start of an error
 * @param what the data is called in it
 */
export async function arraySource<X, Y>(
  name: string,
  what: string,
  data: ArrayData,
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
  const xs = await treeOf(name, 'xs', data.xs, data.xShape, 'xShape');
  const ys = await treeOf(name, 'ys', data.ys, data.yShape, 'yShape');
  const all = [...leaves(xs), ...leaves(ys)];
  const [first] = all as [Rows];
  const other = all.find((rows) => rows.count !== first.count);
  if (other) {
    throw new Error(
      `${name}: ${first.what} has ${first.count} examples but ${other.what} has ${other.count}; give as many of each${
        [data.xs, data.ys].some(ArrayBuffer.isView)
          ? ', with the shape of one example as xShape or yShape where a flat typed array has several numbers for each'
          : ''
      }`,
    );
  }
  if (first.count === 0) throw new Error(`${name}: ${first.what} has no example; give at least one`);
  return {
    size: first.count,
    stepsPerEpoch: Math.ceil(first.count / batchSize),
    *batches(epoch) {
      const order = shuffle
        ? createRng(seed).fork('shuffle', epoch).permutation(first.count)
        : Uint32Array.from({ length: first.count }, (_, i) => i);
      for (let start = 0; start < first.count; start += batchSize) {
        const indices = Int32Array.from(order.subarray(start, start + batchSize));
        yield { xs: pick(xs, indices) as X, ys: pick(ys, indices) as Y };
      }
    },
  };
}

const isRows = (tree: Tree): tree is Rows => typeof (tree as Rows).pick === 'function';

const leaves = (tree: Tree): Rows[] => (isRows(tree) ? [tree] : Object.values(tree));

function pick(tree: Tree, indices: Int32Array): unknown {
  if (isRows(tree)) return tree.pick(indices);
  if (Array.isArray(tree)) return tree.map((rows) => rows.pick(indices));
  return Object.fromEntries(Object.entries(tree).map(([key, rows]) => [key, rows.pick(indices)]));
}

async function treeOf(
  name: string,
  what: string,
  value: unknown,
  shape: readonly number[] | undefined,
  option: string,
): Promise<Tree> {
  if (isTuple(value)) {
    return Promise.all(value.map((entry, i) => rowsOf(name, `${what}[${i}]`, entry, undefined, option)));
  }
  const isRecord =
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !ArrayBuffer.isView(value) &&
    !(value instanceof tf.Tensor);
  if (!isRecord) return rowsOf(name, what, value, shape, option);
  const entries = Object.entries(value as object);
  if (entries.length === 0) throw new Error(`${name}: ${what} is ${show(value)}; give numbers`);
  const rows = await Promise.all(
    entries.map(
      async ([key, entry]) => [key, await rowsOf(name, `${what}.${key}`, entry, undefined, option)] as const,
    ),
  );
  return Object.fromEntries(rows);
}

const isTuple = (value: unknown): value is tf.Tensor[] =>
  Array.isArray(value) && value.length > 0 && Array.from(value).every((entry) => entry instanceof tf.Tensor);

async function rowsOf(
  name: string,
  what: string,
  value: unknown,
  exampleShape: readonly number[] | undefined,
  option: string,
): Promise<Rows> {
  if (value instanceof tf.Tensor) return tensorRows(name, what, value);
  const { values, shape } = numbersOf(name, what, value);
  if (exampleShape === undefined) return numberRows(what, values, shape);
  const size = tf.util.sizeFromShape([...exampleShape]);
  if (values.length % size !== 0) {
    throw new Error(
      `${name}: ${what} has ${values.length} numbers, which is not a multiple of the ${size} of ${option} [${exampleShape}]`,
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

/** Nested or typed arrays as one flat array and its shape. */
function numbersOf(name: string, what: string, value: unknown): { values: Numbers; shape: number[] } {
  const shape = shapeOf(value);
  if (shape === undefined || shape.length === 0) {
    const ragged = Array.isArray(value) && value.length > 0 && shape === undefined;
    throw new Error(
      `${name}: ${what} is ${show(value)}; give a tensor, or numbers in typed or nested arrays${ragged ? ', all of one length' : ''}`,
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

/** The shape of nested arrays of numbers; undefined for anything else, and for entries of unequal lengths. */
function shapeOf(value: unknown): number[] | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return [];
  if (ArrayBuffer.isView(value)) {
    const length = (value as unknown as { length?: number }).length;
    const isBig = value instanceof BigInt64Array || value instanceof BigUint64Array;
    return length === undefined || isBig ? undefined : [length];
  }
  if (!Array.isArray(value)) return undefined;
  let inner: number[] | undefined = value.length === 0 ? [] : shapeOf(value[0]);
  // A loop, and not `every`, which skips the holes of a sparse array.
  for (let i = 1; i < value.length && inner; i++) {
    const shape = shapeOf(value[i]);
    if (shape?.join() !== inner.join()) inner = undefined;
  }
  return inner && [value.length, ...inner];
}

/** Whether a typed array, or every one of a list, holds integers that int32 has. */
function isInteger(value: unknown): boolean {
  if (Array.isArray(value)) return ArrayBuffer.isView(value[0]) && value.every(isInteger);
  return (
    ArrayBuffer.isView(value) &&
    !(value instanceof Float32Array || value instanceof Float64Array || value instanceof Uint32Array)
  );
}
