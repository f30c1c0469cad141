import * as tf from '@tensorflow/tfjs-core';

/** For each spatial axis of AvgPool's output, the whole size of every window over the part of it inside the input. */
export function borderFactors(
  shape: [number, number, number, number],
  attributes: tf.NamedAttrMap | undefined,
): number[][] {
  const { filterSize, strides, pad, dimRoundingMode } = attributes as unknown as tf.AvgPoolAttrs;
  const { padInfo, filterHeight, filterWidth, strideHeight, strideWidth, outHeight, outWidth } =
    tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
  return [
    windows(shape[1], outHeight, filterHeight, strideHeight, padInfo.top),
    windows(shape[2], outWidth, filterWidth, strideWidth, padInfo.left),
  ];
}

/** Along one axis, for each window the whole size over the part of it that lies inside the input. */
export function windows(
  size: number,
  count: number,
  filter: number,
  stride: number,
  before: number,
): number[] {
  return Array.from({ length: count }, (_, i) => {
    const start = i * stride - before;
    return filter / (Math.min(start + filter, size) - Math.max(start, 0));
  });
}

/**
 * Multiplies `dy` `[batch, …spatial, channels]` with one factor per position of each spatial axis, if the backend's
 * kernel divides by the whole window. tfjs's kernels do; TensorFlow's is right.
 */
export function rescaleBorders(kernelName: string, dy: tf.Tensor, factors: number[][]): tf.Tensor {
  if (factors.flat().every((value) => value === 1)) return dy;
  // One pixel under a window of 2 by 2: the gradient is 1, or 1/4 where the kernel is wrong. Nothing is read back.
  const one = tf.ones(dy.shape.map(() => 1));
  const attributes = { filterSize: 2, strides: 1, pad: 'same' };
  const probe = tf.engine().runKernel(kernelName, { dy: one, input: one }, attributes) as tf.Tensor;
  const isWrong = tf.less(probe, 0.5);
  return factors.reduce((scaled, factor, i) => {
    const alongAxis = tf.tensor(
      factor,
      dy.shape.map((size, axis) => (axis === i + 1 ? size : 1)),
    );
    return tf.mul(scaled, tf.where(isWrong, alongAxis, one));
  }, dy);
}
