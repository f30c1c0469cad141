import { assertOptions, count, flag } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { assertImages, assertSequences, ofTensor } from '../ops/input-tensor';
import {
  assertSomeInWindow,
  averagePool,
  averagePoolWithZeros,
  maxPool,
  type Pool,
  poolSequences,
} from '../ops/pool';
import { assertWindowFits, lengthPaddings, type Padding, paddings, pairs, toPair } from '../ops/window';

export interface PoolingOptions {
  /** Height and width of the window, or one number for both; 2 by default. */
  poolSize?: number | [number, number];
  /** Stride down and right, or one number for both; poolSize by default. */
  strides?: number | [number, number];
  /**
   * Padding around the image, which does not count in a window; 'valid' by default. 'valid' adds none and drops windows that
   * extend past the image. 'same' pads so that the output is ⌈size/stride⌉ high and wide, with an odd row or column at the bottom
   * or right. A number, or [vertical, horizontal], pads both sides.
   */
  padding?: Padding;
}

export interface AveragePoolingOptions extends PoolingOptions {
  /** Whether padding counts as zeros in a mean, as in PyTorch by default; false by default, as in TensorFlow and Keras. */
  countPadding?: boolean;
}

export interface Pooling1dOptions {
  /** Length of the window; 2 by default. */
  poolSize?: number;
  /** Stride; poolSize by default. */
  strides?: number;
  /**
   * Padding around the sequence, which does not count in a window; 'valid' by default. 'valid' adds none and drops windows that
   * extend past the end. 'same' pads so that the output is ⌈length/stride⌉ long, with an odd value at the end. A number pads both
   * ends.
   */
  padding?: 'same' | 'valid' | number;
}

export interface AveragePooling1dOptions extends Pooling1dOptions {
  /** Whether padding counts as zeros in a mean, as in PyTorch by default; false by default, as in TensorFlow and Keras. */
  countPadding?: boolean;
}

const kinds = { poolSize: pairs, strides: pairs, padding: paddings };
const lengthKinds = { poolSize: count, strides: count, padding: lengthPaddings };

function pool2d(name: string, options: PoolingOptions, pool: Pool): (x: tf.Tensor) => tf.Tensor {
  const { poolSize = 2, strides = poolSize, padding = 'valid' } = options;
  const size = toPair(poolSize);
  assertSomeInWindow(name, padding, size);
  return ofTensor(name, (x) => {
    assertImages(name, x);
    assertWindowFits(name, x, size, padding);
    return pool(x, { size, strides: toPair(strides), padding });
  });
}

function pool1d(name: string, options: Pooling1dOptions, pool: Pool): (x: tf.Tensor) => tf.Tensor {
  const { poolSize = 2, strides = poolSize, padding = 'valid' } = options;
  assertSomeInWindow(name, padding, [poolSize]);
  const around = typeof padding === 'number' ? ([0, padding] as [number, number]) : padding;
  return ofTensor(name, (x) => {
    assertSequences(name, x);
    assertWindowFits(name, x, [poolSize], padding);
    return poolSequences(x, (images) =>
      pool(images, { size: [1, poolSize], strides: [1, strides], padding: around }),
    );
  });
}

const averageOf = ({ countPadding = false }: AveragePoolingOptions | AveragePooling1dOptions): Pool =>
  countPadding ? averagePoolWithZeros : averagePool;

/**
 * The largest value of each window.
 *
 * y[n, i, j, c] = max_{u,v} x[n, s·i + u, s·j + v, c]; the gradient goes to that element
 *
 * As in tfjs, and unlike in PyTorch, NaN in a window is ignored: a window of NaN alone has no largest value, and gives −∞.
 *
 * @returns a function from [batch, height, width, channels] to [batch, height', width', channels]
 * @throws when an option is unknown or out of range, or the input is not a batch of images or is smaller than the window
 * @example
 * maxPool2d({ poolSize: 2 })(tf.zeros([1, 4, 4, 3])); // [1, 2, 2, 3]
 */
export function maxPool2d(options: PoolingOptions = {}): (x: tf.Tensor) => tf.Tensor {
  assertOptions('maxPool2d', options, kinds);
  return pool2d('maxPool2d', options, maxPool);
}

/**
 * The mean of each window; padding does not count, unless `countPadding` says so.
 *
 * @returns a function from [batch, height, width, channels] to [batch, height', width', channels]
 * @throws when an option is unknown or out of range, or the input is not a batch of images or is smaller than the window
 * @example
 * averagePool2d({ poolSize: 2 })(tf.zeros([1, 4, 4, 3])); // [1, 2, 2, 3]
 */
export function averagePool2d(options: AveragePoolingOptions = {}): (x: tf.Tensor) => tf.Tensor {
  assertOptions('averagePool2d', options, { ...kinds, countPadding: flag });
  return pool2d('averagePool2d', options, averageOf(options));
}

/**
 * The largest value of each window of sequences.
 *
 * y[n, i, c] = max_u x[n, s·i + u, c]; the gradient goes to that element; NaN is ignored as by `maxPool2d`
 *
 * @returns a function from [batch, length, channels] to [batch, length', channels]
 * @throws when an option is unknown or out of range, or the input is not a batch of sequences or is shorter than the window
 * @example
 * maxPool1d({ poolSize: 2 })(tf.zeros([1, 4, 3])); // [1, 2, 3]
 */
export function maxPool1d(options: Pooling1dOptions = {}): (x: tf.Tensor) => tf.Tensor {
  assertOptions('maxPool1d', options, lengthKinds);
  return pool1d('maxPool1d', options, maxPool);
}

/**
 * The mean of each window of sequences; padding does not count, unless `countPadding` says so.
 *
 * @returns a function from [batch, length, channels] to [batch, length', channels]
 * @throws when an option is unknown or out of range, or the input is not a batch of sequences or is shorter than the window
 * @example
 * averagePool1d({ poolSize: 2 })(tf.zeros([1, 4, 3])); // [1, 2, 3]
 */
export function averagePool1d(options: AveragePooling1dOptions = {}): (x: tf.Tensor) => tf.Tensor {
  assertOptions('averagePool1d', options, { ...lengthKinds, countPadding: flag });
  return pool1d('averagePool1d', options, averageOf(options));
}

/**
 * The mean over all positions of images, sequences or tokens. The first axis is the batch: one image [height, width, channels] is read
 * as a batch of sequences.
 *
 * @returns [batch, channels] from [batch, …, channels]
 * @throws when there are no axes of positions, or no positions
 * @example
 * globalAveragePool(tf.zeros([2, 8, 8, 3])); // [2, 3]
 */
export const globalAveragePool: (x: tf.Tensor) => tf.Tensor = ofTensor('globalAveragePool', (x) => {
  const axes = positionsOf('globalAveragePool', x).map((_, i) => i + 1);
  return tf.mean(x, axes);
});

/**
 * The largest value over all positions of images, sequences or tokens, whose gradient goes to the first of them. NaN is ignored as by
 * `maxPool2d`. The first axis is the batch.
 *
 * @returns [batch, channels] from [batch, …, channels]
 * @throws when there are no axes of positions, or no positions
 * @example
 * globalMaxPool(tf.zeros([2, 8, 8, 3])); // [2, 3]
 */
export const globalMaxPool: (x: tf.Tensor) => tf.Tensor = ofTensor('globalMaxPool', (x) => {
  const count = tf.util.sizeFromShape(positionsOf('globalMaxPool', x));
  const [batch, channels] = [x.shape[0]!, x.shape.at(-1)!];
  const row = tf.reshape(x, [batch, 1, count, channels]);
  return tf.reshape(maxPool(row, { size: [1, count], strides: [1, 1], padding: 'valid' }), [batch, channels]);
});

/** The axes of positions of [batch, …, channels]. */
function positionsOf(name: string, x: tf.Tensor): number[] {
  const positions = x.shape.slice(1, -1);
  if (positions.length === 0) {
    throw new Error(
      `${name}: the input has shape [${x.shape}]; give [batch, …, channels] with axes of positions, such as images [batch, height, width, channels]`,
    );
  }
  if (positions.includes(0)) {
    throw new Error(`${name}: the input has shape [${x.shape}]; give at least one position`);
  }
  return positions;
}
