import { show } from '@tenfold/checks';
import { floatTensor, type Input } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';

/** What a batch contributes, on the device. */
export interface Measured {
  /** Numbers of the examples, all tensors of the examples' shape. NaN says that an example is invalid. */
  columns: tf.Tensor[];
  /** The number of classes or outputs, if it must be the same in all batches. */
  size?: number;
  /** Which examples count, in their shape; all by default. */
  counted?: tf.Tensor;
}

/** The examples of a batch on the host. */
export interface Unpacked {
  /** The columns that were measured, at least one, without the examples that do not count. */
  columns: [Float32Array, ...Float32Array[]];
  /** The weights of these examples, all above 0. */
  weights: Float32Array;
  /** The number of classes or outputs, 0 if there is none. */
  size: number;
  /** The number of invalid examples. */
  invalid: number;
}

/** The number of columns, and the size. */
const HEAD = 2;

/** Puts what is measured of a batch and the weights of its examples in one tensor of rank 1, so that one read suffices. */
export function pack(
  name: string,
  { columns, size = 0, counted }: Measured,
  weights: Input | undefined,
): tf.Tensor {
  const { shape } = columns[0]!;
  const given = weights === undefined ? tf.ones(shape) : broadcastWeights(name, weights, shape);
  const w = counted ? tf.where(tf.cast(counted, 'bool'), given, tf.zeros(shape)) : given;
  const flat = [...columns, w].map((column) => tf.reshape(tf.cast(column, 'float32'), [-1]));
  return tf.concat([tf.tensor1d([columns.length, size]), ...flat]);
}

/**
 * Checks that numbers are those of a packed tensor.
 *
 * @throws when they are not
 */
export function assertPacked(what: string, values: ArrayLike<number>): void {
  const isList = typeof values === 'object' && values !== null && values.length >= HEAD;
  if (isList && values[0]! >= 1 && (values.length - HEAD) % (values[0]! + 1) === 0) return;
  throw new Error(
    `${what}: values is ${show(values)}; give the data of the tensor that rule.measure returned`,
  );
}

/** Reads the values of a packed tensor. */
export function unpack(values: ArrayLike<number>): Unpacked {
  const all = Float32Array.from(values);
  const [count, size] = all as unknown as [number, number];
  const examples = (all.length - HEAD) / (count + 1);
  const column = (i: number) => all.subarray(HEAD + i * examples, HEAD + (i + 1) * examples);
  const columns: Unpacked['columns'] = [
    column(0),
    ...Array.from({ length: count - 1 }, (_, i) => column(i + 1)),
  ];
  const weights = column(count);
  const isValid = (i: number) =>
    weights[i]! > 0 && weights[i]! < Infinity && columns.every((values) => !Number.isNaN(values[i]!));
  const kept: number[] = [];
  let invalid = 0;
  for (let i = 0; i < examples; i++) {
    if (isValid(i)) kept.push(i);
    else if (weights[i] !== 0) invalid++;
  }
  if (kept.length === examples) return { columns, weights, size, invalid };
  const keep = (values: Float32Array) => Float32Array.from(kept, (i) => values[i]!);
  return { columns: columns.map(keep) as Unpacked['columns'], weights: keep(weights), size, invalid };
}

function broadcastWeights(name: string, weights: Input, shape: number[]): tf.Tensor {
  const w = floatTensor(name, 'weights', weights);
  if (!(weights instanceof tf.Tensor)) {
    const flat = tf.util.flatten(weights as number[]) as number[];
    const wrong = Array.from(flat, Number).find((weight) => !(weight >= 0 && Math.fround(weight) < Infinity));
    if (wrong !== undefined)
      throw new Error(`${name}: a weight is ${wrong}; give finite numbers of at least 0`);
  }
  if (w.rank > shape.length || w.shape.some((size, i) => size !== 1 && size !== shape[i])) {
    throw new Error(
      `${name}: weights have shape [${w.shape}] but the examples have shape [${shape}]; give one weight for each example, in the shape [${shape}] or its leading axes`,
    );
  }
  return tf.broadcastTo(tf.reshape(w, [...w.shape, ...shape.slice(w.rank).map(() => 1)]), shape);
}
