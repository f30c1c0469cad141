import { withGradient } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import type { Pair } from './window';

/**
 * Repeats each pixel `scale` times in both directions; the gradient is the sum over the copies.
 *
 * @param x [batch, height, width, channels]
 */
export function repeatPixels(x: tf.Tensor, [down, right]: Pair): tf.Tensor {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const shape = [batch, height * down, width * right, channels];
  // An empty batch has nothing to repeat.
  if (x.size === 0) return tf.reshape(x, shape);
  return withGradient([x], {
    forward(x) {
      const rows = tf.tile(tf.reshape(x!, [batch * height, 1, width * channels]), [1, down, 1]);
      const pixels = tf.reshape(rows, [batch * height * down * width, 1, channels]);
      return { value: tf.reshape(tf.tile(pixels, [1, right, 1]), shape), saved: [] };
    },
    backward(dy) {
      const copies = tf.reshape(dy, [batch * height, down, width, right, channels]);
      return [tf.reshape(tf.sum(copies, [1, 3]), x.shape)];
    },
  });
}

/** Interpolates linearly between the centers of pixels in both directions; what lies beyond the outer centers is constant. */
export function interpolatePixels(x: tf.Tensor, [down, right]: Pair): tf.Tensor {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const shape = [batch, height * down, width * right, channels];
  // tfjs's CPU backend cannot slice what it concatenated of nothing.
  if (x.size === 0) return tf.reshape(x, shape);
  const rows = interpolate(tf.reshape(x, [batch, height, width * channels]), down);
  const columns = interpolate(tf.reshape(rows, [batch * height * down, width, channels]), right);
  return tf.reshape(columns, shape);
}

/** Interpolates along the second axis of [outer, size, inner]. */
function interpolate(x: tf.Tensor, scale: number): tf.Tensor {
  if (scale === 1) return x;
  const [outer, size, inner] = x.shape as [number, number, number];
  const part = (first: number, count: number) => tf.slice(x, [0, first, 0], [outer, count, inner]);
  const [before, after] =
    size === 1
      ? [x, x]
      : [tf.concat([part(0, 1), part(0, size - 1)], 1), tf.concat([part(1, size - 1), part(size - 1, 1)], 1)];
  const phases = Array.from({ length: scale }, (_, phase) => {
    // From the center of the input's pixel to that of the output's.
    const distance = (phase + 0.5) / scale - 0.5;
    if (distance === 0) return x;
    const weight = Math.abs(distance);
    return tf.add(tf.mul(x, 1 - weight), tf.mul(distance < 0 ? before : after, weight));
  });
  const columns = phases.map((phase) => tf.reshape(phase, [outer * size, inner]));
  return tf.reshape(tf.concat(columns, 1), [outer, size * scale, inner]);
}
