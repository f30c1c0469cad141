import { assertOptions, count, oneOf } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { assertImages, assertSequences, ofTensor } from '../ops/input-tensor';
import { interpolatePixels, repeatPixels } from '../ops/upsample';
import { pairs, toPair } from '../ops/window';

export interface Upsampling1dOptions {
  /** How many times longer the output is; 2 by default. */
  scale?: number;
  /** 'nearest' repeats values, 'linear' interpolates between them; 'nearest' by default. */
  interpolation?: 'nearest' | 'linear';
}

export interface Upsampling2dOptions {
  /** How many times higher and wider the output is, or one number for both; 2 by default. */
  scale?: number | [number, number];
  /** 'nearest' repeats pixels, 'bilinear' interpolates between their centers; 'nearest' by default. */
  interpolation?: 'nearest' | 'bilinear';
}

/**
 * Lengthens sequences by repeating or interpolating their values.
 *
 * 'nearest': y[n, s·i + r, c] = x[n, i, c]. 'linear': y is x at the place (i + ½)/s − ½, between the two values around it, and
 * constant beyond the first and the last.
 *
 * @returns a function from [batch, length, channels] to [batch, s·length, channels]
 * @throws when an option is unknown or out of range, or the input is not a batch of sequences
 * @example
 * upsampling1d({ scale: 3 })(tf.zeros([1, 4, 2])); // [1, 12, 2]
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Upsample.html, with align_corners=False
 */
export function upsampling1d(options: Upsampling1dOptions = {}): (x: tf.Tensor) => tf.Tensor {
  assertOptions('upsampling1d', options, { scale: count, interpolation: oneOf('nearest', 'linear') });
  const { scale = 2, interpolation = 'nearest' } = options;
  const upsample = interpolation === 'nearest' ? repeatPixels : interpolatePixels;
  return ofTensor('upsampling1d', (x) => {
    assertSequences('upsampling1d', x);
    const [batch, length, channels] = x.shape as [number, number, number];
    const y = upsample(tf.reshape(x, [batch, 1, length, channels]), [1, scale]);
    return tf.reshape(y, [batch, length * scale, channels]);
  });
}

/**
 * Enlarges images by repeating or interpolating their pixels.
 *
 * 'nearest': y[n, s·i + r, t·j + q, c] = x[n, i, j, c]. 'bilinear': y is x at the place ((i + ½)/s − ½, (j + ½)/t − ½), between the four
 * pixels around it, and constant beyond the centers of the outer ones.
 *
 * @returns a function from [batch, height, width, channels] to [batch, s·height, t·width, channels], scale [s, t]
 * @throws when an option is unknown or out of range, or the input is not a batch of images
 * @example
 * upsampling2d({ scale: 2, interpolation: 'bilinear' })(tf.zeros([1, 4, 4, 3])); // [1, 8, 8, 3]
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Upsample.html, with align_corners=False
 */
export function upsampling2d(options: Upsampling2dOptions = {}): (x: tf.Tensor) => tf.Tensor {
  assertOptions('upsampling2d', options, { scale: pairs, interpolation: oneOf('nearest', 'bilinear') });
  const { scale = 2, interpolation = 'nearest' } = options;
  const upsample = interpolation === 'nearest' ? repeatPixels : interpolatePixels;
  return ofTensor('upsampling2d', (x) => {
    assertImages('upsampling2d', x);
    return upsample(x, toPair(scale));
  });
}
