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

export interface ZeroPadding1dOptions {
  /** The number of zeros to add at both ends, or [start, end]: a causal convolution takes [kernelSize − 1, 0]. */
  padding: LengthEdges;
}

export interface ZeroPadding2dOptions {
  /** The number of zeros to add on every side, [vertical, horizontal], or [[top, bottom], [left, right]]. */
  padding: ImageEdges;
}

/**
 * Adds zeros at the ends of sequences.
 *
 * @returns a function from [batch, length, channels] to [batch, start + length + end, channels]
 * @throws when an option is unknown or out of range, or the input is not a batch of sequences
 * @example
 * zeroPadding1d({ padding: [2, 0] })(tf.zeros([1, 4, 3])); // [1, 6, 3]
 */
export function zeroPadding1d(options: ZeroPadding1dOptions): (x: tf.Tensor) => tf.Tensor {
  assertOptions('zeroPadding1d', options, { padding: required(lengthEdges) });
  const edges = edgesOfLength(options.padding);
  return ofTensor('zeroPadding1d', (x) => {
    assertSequences('zeroPadding1d', x);
    return tf.pad(x, aroundPositions(x, edges));
  });
}

/**
 * Adds zeros around images.
 *
 * @returns a function from [batch, height, width, channels] to [batch, top + height + bottom, left + width + right, channels]
 * @throws when an option is unknown or out of range, or the input is not a batch of images
 * @example
 * zeroPadding2d({ padding: [[0, 1], [2, 2]] })(tf.zeros([1, 4, 6, 3])); // [1, 5, 10, 3]
 */
export function zeroPadding2d(options: ZeroPadding2dOptions): (x: tf.Tensor) => tf.Tensor {
  assertOptions('zeroPadding2d', options, { padding: required(imageEdges) });
  const edges = edgesOfImage(options.padding);
  return ofTensor('zeroPadding2d', (x) => {
    assertImages('zeroPadding2d', x);
    return tf.pad(x, aroundPositions(x, edges));
  });
}
