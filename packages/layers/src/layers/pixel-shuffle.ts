import { assertOptions, count, required } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { assertImages, ofTensor } from '../ops/input-tensor';

export interface PixelShuffleOptions {
  /** How many times higher and wider the larger images are. */
  scale: number;
}

/**
 * Rearranges channels to pixels. After a convolution with s² times the channels, it enlarges images without the uneven overlap of a
 * transposed convolution.
 *
 * y[n, s·i + u, s·j + v, c] = x[n, i, j, s²·c + s·u + v]. This is PyTorch's order of channels; in `tf.depthToSpace`, c comes last.
 *
 * @returns a function from [batch, height, width, s²·channels] to [batch, s·height, s·width, channels]
 * @throws when an option is unknown or out of range, or the input is not a batch of images whose channels are a multiple of s²
 * @example
 * pixelShuffle({ scale: 2 })(tf.zeros([1, 4, 4, 12])); // [1, 8, 8, 3]
 * @see Shi et al., "Real-Time Single Image and Video Super-Resolution Using an Efficient Sub-Pixel Convolutional Neural Network", 2016,
 *   https://arxiv.org/abs/1609.05158, equation 4
 */
export function pixelShuffle(options: PixelShuffleOptions): (x: tf.Tensor) => tf.Tensor {
  assertOptions('pixelShuffle', options, { scale: required(count) });
  const { scale } = options;
  return ofTensor('pixelShuffle', (x) => {
    assertImages('pixelShuffle', x);
    const [batch, height, width, channels] = x.shape as [number, number, number, number];
    if (channels % scale ** 2 !== 0) {
      throw new Error(
        `pixelShuffle: the input has shape [${x.shape}] and scale is ${scale}; give a multiple of ${scale ** 2} channels`,
      );
    }
    const inside = channels / scale ** 2;
    const split = tf.reshape(x, [batch * height, width, inside, scale, scale]);
    const shape = [batch, height * scale, width * scale, inside];
    return tf.reshape(tf.transpose(split, [0, 3, 1, 4, 2]), shape);
  });
}

/**
 * Rearranges pixels to channels, the inverse of `pixelShuffle`.
 *
 * y[n, i, j, s²·c + s·u + v] = x[n, s·i + u, s·j + v, c]
 *
 * @returns a function from [batch, s·height, s·width, channels] to [batch, height, width, s²·channels]
 * @throws when an option is unknown or out of range, or the input is not a batch of images whose height and width are multiples of s
 * @example
 * pixelUnshuffle({ scale: 2 })(tf.zeros([1, 8, 8, 3])); // [1, 4, 4, 12]
 * @see https://pytorch.org/docs/stable/generated/torch.nn.PixelUnshuffle.html
 */
export function pixelUnshuffle(options: PixelShuffleOptions): (x: tf.Tensor) => tf.Tensor {
  assertOptions('pixelUnshuffle', options, { scale: required(count) });
  const { scale } = options;
  return ofTensor('pixelUnshuffle', (x) => {
    assertImages('pixelUnshuffle', x);
    const [batch, height, width, channels] = x.shape as [number, number, number, number];
    if (height % scale !== 0 || width % scale !== 0) {
      throw new Error(
        `pixelUnshuffle: the input has shape [${x.shape}] and scale is ${scale}; give a height and width that are multiples of ${scale}`,
      );
    }
    const [down, right] = [height / scale, width / scale];
    const split = tf.reshape(x, [batch * down, scale, right, scale, channels]);
    const shape = [batch, down, right, channels * scale ** 2];
    return tf.reshape(tf.transpose(split, [0, 2, 4, 1, 3]), shape);
  });
}
