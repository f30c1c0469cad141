import { assertOptions, required } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import {
  aroundPositions,
  edgesOfImage,
  edgesOfLength,
  type ImageEdges,
  imageEdges,
  type LengthEdges,
  lengthEdges,
} from '../ops/edges';
import { assertImages, assertSequences, ofTensor } from '../ops/input-tensor';
import type { Pair } from '../ops/window';

export interface Cropping1dOptions {
  /** The number of values to remove at both ends, or [start, end]. */
  cropping: LengthEdges;
}

export interface Cropping2dOptions {
  /** The number of pixels to remove on every side, [vertical, horizontal], or [[top, bottom], [left, right]]. */
  cropping: ImageEdges;
}

function crop(name: string, x: tf.Tensor, edges: Pair[]): tf.Tensor {
  const around = aroundPositions(x, edges);
  const size = x.shape.map((n, axis) => n - around[axis]![0] - around[axis]![1]);
  if (size.slice(1, -1).some((n) => n < 1)) {
    throw new Error(
      `${name}: the input has shape [${x.shape}], of which a cropping of ${JSON.stringify(edges)} leaves nothing; give a larger input or less cropping`,
    );
  }
  return tf.slice(
    x,
    around.map(([before]) => before),
    size,
  );
}

/**
 * Removes values at the ends of sequences.
 *
 * @returns a function from [batch, length, channels] to [batch, length − start − end, channels]
 * @throws when an option is unknown or out of range, or the input is not a batch of sequences or nothing of it is left
 * @example
 * cropping1d({ cropping: [1, 0] })(tf.zeros([1, 4, 3])); // [1, 3, 3]
 */
export function cropping1d(options: Cropping1dOptions): (x: tf.Tensor) => tf.Tensor {
  assertOptions('cropping1d', options, { cropping: required(lengthEdges) });
  const edges = edgesOfLength(options.cropping);
  return ofTensor('cropping1d', (x) => {
    assertSequences('cropping1d', x);
    return crop('cropping1d', x, edges);
  });
}

/**
 * Removes pixels at the sides of images.
 *
 * @returns a function from [batch, height, width, channels] to [batch, height − top − bottom, width − left − right, channels]
 * @throws when an option is unknown or out of range, or the input is not a batch of images or nothing of it is left
 * @example
 * cropping2d({ cropping: [[1, 0], [2, 2]] })(tf.zeros([1, 4, 6, 3])); // [1, 3, 2, 3]
 */
export function cropping2d(options: Cropping2dOptions): (x: tf.Tensor) => tf.Tensor {
  assertOptions('cropping2d', options, { cropping: required(imageEdges) });
  const edges = edgesOfImage(options.cropping);
  return ofTensor('cropping2d', (x) => {
    assertImages('cropping2d', x);
    return crop('cropping2d', x, edges);
  });
}
