import * as tf from '@tensorflow/tfjs-core';
import { type Padding, type Pair, paddingAlong, paddingAround, reachOf } from './window';

/**
 * Computes a convolution with dilation d by one without, because tfjs has no gradient of dilated convolutions. The image is split
 * into d×d images of every d-th pixel, which are convolved and interleaved again. With a stride s, all pixels are computed and every
 * s-th of them is kept.
 *
 * @param x [batch, height, width, channels]
 * @param convolve a convolution without padding, with stride and dilation 1
 */
export function dilatedConvolution(
  x: tf.Tensor,
  {
    kernelSize,
    strides,
    dilations,
    padding,
  }: { kernelSize: Pair; strides: Pair; dilations: Pair; padding: Padding },
  convolve: (x: tf.Tensor4D) => tf.Tensor,
): tf.Tensor {
  const around = ([0, 1] as const).map((i) => {
    const reach = reachOf(kernelSize[i], dilations[i]);
    const [before, after] = paddingAround(paddingAlong(padding, i), x.shape[i + 1]!, reach, strides[i]);
    const size = x.shape[i + 1]! + before + after;
    return { before, after, extra: missing(size, dilations[i]) };
  });
  const split = tf.spaceToBatchND(
    x,
    dilations,
    around.map(({ before, after, extra }) => [before, after + extra]),
  );
  const crops = around.map(({ extra }) => [0, extra]);
  const y = tf.batchToSpaceND(convolve(split as tf.Tensor4D), dilations, crops);
  return Math.max(...strides) > 1 ? everyPixel(y, strides) : y;
}

/** Every s-th pixel of images, starting with the first: the first of the s×s images into which they are split. */
function everyPixel(y: tf.Tensor, strides: Pair): tf.Tensor {
  const extra = strides.map((stride, i) => [0, missing(y.shape[i + 1]!, stride)]);
  const split = tf.spaceToBatchND(y, strides, extra);
  return tf.slice(split, 0, y.shape[0]!);
}

/** What is missing to a multiple of `step`. */
const missing = (size: number, step: number): number => (step - (size % step)) % step;
