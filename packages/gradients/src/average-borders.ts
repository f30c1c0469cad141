import * as tf from '@tensorflow/tfjs-core';

/** For each spatial axis of AvgPool's output: each window's size divided by the size of its part inside the input. */
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

/** Along one axis: each window's size divided by the size of its part inside the input. */
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
 * Multiplies `dy` `[batch, …spatial, channels]` by one factor per position of each spatial axis if the backend's kernel
 * divides by the size of the whole window. tfjs's kernels do; TensorFlow's kernel is correct.
 */
export function rescaleBorders(kernelName: string, dy: tf.Tensor, factors: number[][]): tf.Tensor {
  if (factors.flat().every((value) => value === 1)) return dy;
  // For one pixel and a 2×2 window the gradient is 1, or 1/4 if the kernel is wrong. No value is read back.
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
