import * as tf from '@tensorflow/tfjs-core';
import { type Padding, type Pair, paddingAlong, paddingAround, tfPadding } from './window';

/** The numbers of a pooling of images. */
export interface Pooling {
  size: Pair;
  strides: Pair;
  padding: Padding;
}

/** Pools images [batch, height, width, channels]. */
export type Pool = (x: tf.Tensor, pooling: Pooling) => tf.Tensor;

/** The largest value of each window; the gradient goes to the first of equal ones. */
export const maxPool: Pool = (x, { size, strides, padding }) =>
  tf.maxPool(x as tf.Tensor4D, size, strides, tfPadding(padding));

/** The mean of each window, without padding. */
export const averagePool: Pool = (x, { size, strides, padding }) =>
  tf.avgPool(x as tf.Tensor4D, size, strides, tfPadding(padding));

/** The mean of each window, with the zeros of the padding. */
export const averagePoolWithZeros: Pool = (x, { size, strides, padding }) => {
  const around = ([0, 1] as const).map((i) =>
    paddingAround(paddingAlong(padding, i), x.shape[i + 1]!, size[i], strides[i]),
  );
  const padded = around.flat().some((amount) => amount > 0)
    ? tf.pad(x, [[0, 0], around[0]!, around[1]!, [0, 0]])
    : x;
  return averagePool(padded, { size, strides, padding: 'valid' });
};

/** Pools sequences [batch, length, channels] as images that are one pixel high. */
export function poolSequences(x: tf.Tensor, pool: (images: tf.Tensor) => tf.Tensor): tf.Tensor {
  const [batch, length, channels] = x.shape as [number, number, number];
  const y = pool(tf.reshape(x, [batch, 1, length, channels]));
  return tf.reshape(y, [batch, y.shape[2]!, channels]);
}

/** Throws unless padding is smaller than the window, so that no window is all padding. */
export function assertSomeInWindow(
  name: string,
  padding: 'same' | 'valid' | number | readonly number[],
  size: readonly number[],
): void {
  if (typeof padding === 'string') return;
  const around = size.map((_, i) => (typeof padding === 'number' ? padding : padding[i]!));
  if (around.every((amount, i) => amount < size[i]!)) return;
  throw new Error(
    `${name}: padding is [${around}] and poolSize [${size}]; give less padding than the window's size`,
  );
}

/**
 * Pools images to a given size: output i of o sees the inputs ⌊i·n/o⌋ to ⌈(i + 1)·n/o⌉ − 1 of n, so that the windows cover all of them,
 * have nearly equal sizes and may overlap.
 *
 * Pools along the rows, then along the columns: so the first of equal values is the first in reading order.
 */
export function adaptivePool(x: tf.Tensor, outputSize: Pair, pool: Pool): tf.Tensor {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  // tfjs's CPU backend cannot slice what it concatenated of nothing.
  if (x.size === 0) return tf.reshape(x, [batch, ...outputSize, channels]);
  const size: Pair = [height / outputSize[0], width / outputSize[1]];
  if (size.every(Number.isInteger)) return pool(x, { size, strides: size, padding: 'valid' });
  const columns = adaptAxis(x, 2, outputSize[1], (part) =>
    pool(part, { size: [1, part.shape[2]!], strides: [1, 1], padding: 'valid' }),
  );
  return adaptAxis(columns, 1, outputSize[0], (part) =>
    pool(part, { size: [part.shape[1]!, 1], strides: [1, 1], padding: 'valid' }),
  );
}

function adaptAxis(
  x: tf.Tensor,
  axis: 1 | 2,
  count: number,
  pool: (part: tf.Tensor) => tf.Tensor,
): tf.Tensor {
  const size = x.shape[axis]!;
  if (size === count) return x;
  const parts = Array.from({ length: count }, (_, i) => {
    const [first, end] = [Math.floor((i * size) / count), Math.ceil(((i + 1) * size) / count)];
    const begin = x.shape.map((_, at) => (at === axis ? first : 0));
    const extent = x.shape.map((n, at) => (at === axis ? end - first : n));
    return pool(tf.slice(x, begin, extent));
  });
  return tf.concat(parts, axis);
}
