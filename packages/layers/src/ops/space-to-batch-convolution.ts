import * as tf from '@tensorflow/tfjs-core';
import { type Padding, type Pair, paddingAround } from './window';

/**
 * Computes a convolution with dilation d by one without, because tfjs has no gradient of dilated convolutions. The image is split
 * into d×d images of every d-th pixel, which are convolved and interleaved again.
 *
 * @param x [batch, height, width, channels]
 * @param convolve a convolution without padding, with stride and dilation 1
 */
export function spaceToBatchConvolution(
  x: tf.Tensor,
  kernelSize: Pair,
  dilations: Pair,
  padding: Padding,
  convolve: (x: tf.Tensor4D) => tf.Tensor,
): tf.Tensor {
  const around = ([0, 1] as const).map((i) => {
    const [before, after] = paddingAround(padding, i, dilations[i] * (kernelSize[i] - 1));
    const size = x.shape[i + 1]! + before + after;
    return { before, after, extra: (dilations[i] - (size % dilations[i])) % dilations[i] };
  });
  const split = tf.spaceToBatchND(
    x,
    dilations,
    around.map(({ before, after, extra }) => [before, after + extra]),
  );
  const crops = around.map(({ extra }) => [0, extra]);
  return tf.batchToSpaceND(convolve(split as tf.Tensor4D), dilations, crops);
}
