import * as tf from '@tensorflow/tfjs-core';

/** Throws unless x is a batch of images that can be divided into patches of that size. */
export function assertPatches(name: string, x: tf.Tensor, patchSize: number, inChannels: number): void {
  const [, height, width, channels] = x.shape as [number, number, number, number];
  if (x.rank === 4 && channels === inChannels && height % patchSize === 0 && width % patchSize === 0) return;
  throw new Error(
    `${name}: the input has shape [${x.shape}]; give images [batch, height, width, ${inChannels}] whose height and width are multiples of ${patchSize}`,
  );
}

/** Splits images [batch, height, width, channels] into patches [batch, height·width/size², size²·channels], row by row. */
export function toPatches(x: tf.Tensor, size: number): tf.Tensor {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const [down, right] = [height / size, width / size];
  // Rows of patches, split into columns.
  const cut = tf.reshape(x, [batch * down, size, right, size * channels]);
  return tf.reshape(tf.transpose(cut, [0, 2, 1, 3]), [batch, down * right, size * size * channels]);
}
