import * as tf from '@tensorflow/tfjs-core';
import { assertSizes } from '../model/parameter';

export interface PoolingOptions {
  /** Height and width of the window, or one number for both; 2 by default. */
  poolSize?: number | [number, number];
  /** Distance of the windows; poolSize by default. */
  strides?: number | [number, number];
  /** 'valid': windows that reach past the image are left out. 'same': they are cut. 'valid' by default. */
  padding?: 'same' | 'valid';
}

/**
 * The largest value of each window.
 *
 * y[n, i, j, c] = max_{u,v} x[n, s·i + u, s·j + v, c]; its gradient goes to that value
 *
 * @returns a function from [batch, height, width, channels] to [batch, height', width', channels]
 * @example
 * maxPool2d({ poolSize: 2 })(tf.zeros([1, 4, 4, 3])); // [1, 2, 2, 3]
 */
export function maxPool2d({ poolSize = 2, strides = poolSize, padding = 'valid' }: PoolingOptions = {}) {
  assertWindow('maxPool2d', poolSize, strides);
  return (x: tf.Tensor): tf.Tensor => tf.maxPool(images('maxPool2d', x), poolSize, strides, padding);
}

/**
 * The mean of each window; values past the edge do not count.
 *
 * @returns a function from [batch, height, width, channels] to [batch, height', width', channels]
 * @example
 * averagePool2d({ poolSize: 2 })(tf.zeros([1, 4, 4, 3])); // [1, 2, 2, 3]
 */
export function averagePool2d({ poolSize = 2, strides = poolSize, padding = 'valid' }: PoolingOptions = {}) {
  assertWindow('averagePool2d', poolSize, strides);
  return (x: tf.Tensor): tf.Tensor => tf.avgPool(images('averagePool2d', x), poolSize, strides, padding);
}

/** The mean over all positions: [batch, …, channels] to [batch, channels]. */
export const globalAveragePool = (x: tf.Tensor): tf.Tensor =>
  tf.mean(x, x.shape.map((_, i) => i).slice(1, -1));

function assertWindow(
  name: string,
  poolSize: number | [number, number],
  strides: number | [number, number],
): void {
  const [height, width] = [poolSize].flat() as [number, number?];
  const [down, right] = [strides].flat() as [number, number?];
  assertSizes(name, {
    'poolSize (height)': height,
    'poolSize (width)': width ?? height,
    'strides (down)': down,
    'strides (right)': right ?? down,
  });
}

function images(name: string, x: tf.Tensor): tf.Tensor4D {
  if (x.rank !== 4) {
    throw new Error(
      `${name}: the input has shape [${x.shape}]; give images [batch, height, width, channels]`,
    );
  }
  return x as tf.Tensor4D;
}
