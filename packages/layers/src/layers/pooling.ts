import { assertOptions } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { assertImages, ofTensor } from '../ops/input-tensor';
import { assertWindowFits, type Padding, paddings, pairs, tfPadding, toPair } from '../ops/window';

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

const kinds = { poolSize: pairs, strides: pairs, padding: paddings };

type Pool = (
  x: tf.Tensor4D,
  size: [number, number],
  strides: [number, number],
  padding: ReturnType<typeof tfPadding>,
) => tf.Tensor;

function pool2d(name: string, options: PoolingOptions, pool: Pool): (x: tf.Tensor) => tf.Tensor {
  const { poolSize = 2, strides = poolSize, padding = 'valid' } = options;
  const [size, stride] = [toPair(poolSize), toPair(strides)];
  const around = padding === 'same' || padding === 'valid' ? [0, 0] : toPair(padding);
  if (around[0]! >= size[0] || around[1]! >= size[1]) {
    throw new Error(
      `${name}: padding is [${around}] and poolSize [${size}]; give less padding than the window's size`,
    );
  }
  return ofTensor(name, (x) => {
    assertImages(name, x);
    assertWindowFits(name, x, size, padding);
    return pool(x as tf.Tensor4D, size, stride, tfPadding(padding));
  });
}

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
  return pool2d('maxPool2d', options, tf.maxPool);
}

/**
 * The mean of each window; padding does not count.
 *
 * @returns a function from [batch, height, width, channels] to [batch, height', width', channels]
 * @throws when an option is unknown or out of range, or the input is not a batch of images or is smaller than the window
 * @example
 * averagePool2d({ poolSize: 2 })(tf.zeros([1, 4, 4, 3])); // [1, 2, 2, 3]
 */
export function averagePool2d(options: PoolingOptions = {}): (x: tf.Tensor) => tf.Tensor {
  assertOptions('averagePool2d', options, kinds);
  return pool2d('averagePool2d', options, tf.avgPool);
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
  const positions = x.shape.slice(1, -1);
  if (positions.length === 0) {
    throw new Error(
      `globalAveragePool: the input has shape [${x.shape}]; give [batch, …, channels] with axes of positions, such as images [batch, height, width, channels]`,
    );
  }
  if (positions.includes(0)) {
    throw new Error(`globalAveragePool: the input has shape [${x.shape}]; give at least one position`);
  }
  return tf.mean(
    x,
    positions.map((_, i) => i + 1),
  );
});
