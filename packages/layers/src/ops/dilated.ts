import * as tf from '@tensorflow/tfjs-core';

export type Pair = [number, number];

/** One number for both directions, or the two. */
export const pair = (value: number | Pair): Pair => (typeof value === 'number' ? [value, value] : value);

/** Fails when both are above 1: tfjs has no such convolution. */
export function assertStridesOrDilations(name: string, strides: Pair, dilations: Pair): void {
  if (Math.max(...strides) > 1 && Math.max(...dilations) > 1) {
    throw new Error(
      `${name}: strides are [${strides}] and dilations [${dilations}]; only one of them may be above 1`,
    );
  }
}

/**
 * A convolution with dilation d as one without, because tfjs has no gradient of the former: the image is split into d×d
 * images of every d-th pixel, these are convolved, and the results are woven together again.
 *
 * @param x [batch, height, width, channels]
 * @param convolve a convolution without padding, with stride and dilation 1
 */
export function dilated(
  x: tf.Tensor,
  kernelSize: Pair,
  dilations: Pair,
  padding: 'same' | 'valid',
  convolve: (x: tf.Tensor4D) => tf.Tensor,
): tf.Tensor {
  const around = [0, 1].map((i) => {
    const reach = dilations[i]! * (kernelSize[i]! - 1);
    const before = padding === 'same' ? reach >> 1 : 0;
    const after = padding === 'same' ? reach - before : 0;
    const size = x.shape[i + 1]! + before + after;
    return { before, after, extra: (dilations[i]! - (size % dilations[i]!)) % dilations[i]! };
  });
  const split = tf.spaceToBatchND(
    x,
    dilations,
    around.map(({ before, after, extra }) => [before, after + extra]),
  );
  const crops = around.map(({ extra }) => [0, extra]);
  return tf.batchToSpaceND(convolve(split as tf.Tensor4D), dilations, crops);
}
