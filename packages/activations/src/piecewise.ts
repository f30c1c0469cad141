import * as tf from '@tensorflow/tfjs-core';

/** Whether low < x < high. */
export const within = (x: tf.Tensor, low: number, high: number): tf.Tensor =>
  tf.logicalAnd(tf.greater(x, low), tf.less(x, high));

/** The values where a condition holds and 0 elsewhere, whatever they are there: a product with a mask would make NaN of infinities. */
export const where = (condition: tf.Tensor, values: tf.Tensor): tf.Tensor =>
  tf.where(condition, values, tf.zerosLike(values));

/** min(x, 0): an exponential of it does not overflow. */
export const negativePart = (x: tf.Tensor): tf.Tensor => tf.minimum(x, 0);

/**
 * f(x), whose gradient is taken as zero: for piecewise constant functions, and for shifts that do not change the result.
 */
export const constant = (x: tf.Tensor, f: (x: tf.Tensor) => tf.Tensor): tf.Tensor =>
  tf.customGrad((x) => ({
    value: f(x as tf.Tensor),
    gradFunc: () => tf.zerosLike(x as tf.Tensor),
  }))(x);

/** The largest value along the last axis, which is kept. */
export const largest = (x: tf.Tensor): tf.Tensor => tf.max(x, -1, true);

/** min(max(x, low), high) with the derivative 1 where low < x < high and 0 elsewhere, in gradients of gradients too. */
export const clip = (x: tf.Tensor, low: number, high: number): tf.Tensor =>
  tf.customGrad((x, save) => {
    const input = x as tf.Tensor;
    (save as tf.GradSaveFunc)([input]);
    return {
      value: tf.clipByValue(input, low, high),
      gradFunc: (dy: tf.Tensor, [x]: tf.Tensor[]) => where(within(x!, low, high), dy),
    };
  })(x);
