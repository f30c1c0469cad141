import * as tf from '@tensorflow/tfjs-core';
import { reachOf } from './window';

export interface DepthWindow {
  /** Number of slices in a window. */
  size: number;
  stride: number;
  dilation: number;
  /** Slices of zeros before and after. */
  padding: [number, number];
  /** Groups of channels, which stay together. */
  groups: number;
}

/**
 * The windows along the depth of volumes as channels of images.
 *
 * @param x [batch, depth, height, width, channels]
 * @returns [batch·depth', height, width, size·channels], with the channels in the order group, slice, channel
 */
export function stackDepth(
  x: tf.Tensor,
  { size, stride, dilation, padding: [before, after], groups }: DepthWindow,
): tf.Tensor {
  const [batch, depth, height, width, channels] = x.shape as [number, number, number, number, number];
  const slices = Math.floor((depth + before + after - reachOf(size, dilation)) / stride) + 1;
  // Blocks of `stride` slices: the slices at one place of each block are `stride` apart.
  const extra = (stride - ((depth + before + after) % stride)) % stride;
  const slice = height * width * channels;
  const flat = tf.reshape(x, [batch, depth, slice]);
  const padded =
    before + after + extra > 0
      ? tf.pad(flat, [
          [0, 0],
          [before, after + extra],
          [0, 0],
        ])
      : flat;
  const blocks = tf.reshape(padded, [batch, padded.shape[1]! / stride, stride * slice]);
  const taps = Array.from({ length: size }, (_, tap) => {
    const at = tap * dilation;
    const begin = [0, Math.floor(at / stride), (at % stride) * slice];
    const part = tf.slice(blocks, begin, [batch, slices, slice]);
    return tf.reshape(part, [batch * slices * height * width, groups, channels / groups]);
  });
  return tf.reshape(tf.concat(taps, 2), [batch * slices, height, width, size * channels]);
}
