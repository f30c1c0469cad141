import * as tf from '@tensorflow/tfjs-core';
import { type Padding, type Pair, tfPadding, toPair } from './window';

/** The numbers of a two-dimensional transposed convolution. */
export interface TransposedConvolution {
  strides: Pair;
  padding: Padding;
  outputPadding: Pair;
  /** Divides the channels of input and output. */
  groups: number;
}

/**
 * The gradient of a convolution for its input, as an operation of the forward pass.
 *
 * @param x [batch, height, width, channels]
 * @param kernel [height, width, outChannels/groups, channels]
 * @param size the height and width of the output, from {@link transposedSize}
 */
export function transposedConvolution(
  x: tf.Tensor,
  kernel: tf.Tensor,
  size: Pair,
  { strides, padding, groups }: TransposedConvolution,
): tf.Tensor {
  const one = (x: tf.Tensor, kernel: tf.Tensor) =>
    tf.conv2dTranspose(
      x as tf.Tensor4D,
      kernel as tf.Tensor4D,
      [x.shape[0]!, ...size, kernel.shape[2]!],
      strides,
      tfPadding(padding),
    );
  if (groups === 1) return one(x, kernel);
  const [parts, kernels] = [tf.split(x, groups, 3), tf.split(kernel, groups, 3)];
  return tf.concat(
    parts.map((part, i) => one(part, kernels[i]!)),
    3,
  );
}

/** The height and width of the output. */
export function transposedSize(
  [height, width]: Pair,
  window: Pair,
  { strides, padding, outputPadding }: TransposedConvolution,
): Pair {
  const around = typeof padding === 'string' ? [0, 0] : toPair(padding);
  const along = (size: number, i: 0 | 1): number =>
    padding === 'same'
      ? size * strides[i]
      : (size - 1) * strides[i] - 2 * around[i]! + window[i] + outputPadding[i];
  return [along(height, 0), along(width, 1)];
}

/** Throws unless the output padding is less than the stride, and padding leaves it open. */
export function assertOutputPadding(
  name: string,
  padding: Padding,
  outputPadding: readonly number[],
  strides: readonly number[],
): void {
  if (Math.max(...outputPadding) === 0) return;
  if (padding === 'same') {
    throw new Error(
      `${name}: outputPadding is [${outputPadding}] and padding 'same', whose output is the input's size times strides; give a number of zeros as padding, or no outputPadding`,
    );
  }
  if (outputPadding.some((amount, i) => amount >= strides[i]!)) {
    throw new Error(
      `${name}: outputPadding is [${outputPadding}] and strides [${strides}]; give less outputPadding than strides`,
    );
  }
}

/** Throws when there is no input, or padding removes all of the output. */
export function assertOutput(name: string, x: tf.Tensor, size: number[]): void {
  if (size.every((n) => n > 0) && x.shape.slice(1).every((n) => n > 0)) return;
  throw new Error(
    `${name}: the input has shape [${x.shape}], so the output would have size [${size}]; give a larger input or less padding`,
  );
}
