import { gelu } from '@tenfold/activations';
import { assertOptions, assertSize, count, finite, listOf } from '@tenfold/checks';
import { dense, flatten, type Layer, maxPool2d, sequential } from '@tenfold/layers';
import * as tf from '@tensorflow/tfjs-core';
import { checkImages } from '../checks/check-images';
import { whiteningConv, whiteningFilters, whiteningValues } from '../whitening/whitening-conv';
import { convolution, norm } from './airbench-parts';

export interface AirbenchOptions {
  /** Height and width of the images, at least 9; 32 by default. */
  imageSize?: number;
  /** Number of channels of the images; 3 by default. */
  inChannels?: number;
  /** Number of channels of the three blocks; [64, 128, 128] by default. */
  widths?: [number, number, number];
  /** Number of logits; 10 by default. */
  classes?: number;
  /** Filters of the first convolution, from `computeWhiteningFilters`. Without them, the filters are random and frozen. */
  whitening?: Float32Array;
  /** Scale of the logits; 1/9 by default. */
  logitScale?: number;
}

/**
 * The small convolutional network that reaches 94 % on CIFAR-10 in seconds on a GPU: images [batch, imageSize, imageSize,
 * inChannels] to logits [batch, classes].
 *
 * whiten:  convolution 2×2 'valid' to 8·inChannels channels, its kernel frozen; GELU            31×31
 * block1…3: convolution 3×3, max-pooling 2, batch norm, GELU, convolution 3×3, batch norm, GELU  15×15, 7×7, 3×3
 * head:    max-pooling over all positions, dense without bias, times logitScale
 *
 * The convolutions have no bias, and their first filters start as the identity (`dirac`). The batch norms have a shift but no
 * scale, epsilon 1e-12 and momentum 0.4.
 *
 * @throws when an option is unknown or out of range, or whitening does not have the size of the first kernel
 * @example
 * const model = createModel(airbench({ whitening: await computeWhiteningFilters(images) }), { seed: 0 });
 * model.predict(tf.zeros([1, 32, 32, 3])); // [1, 10]
 * @see Jordan, "94% on CIFAR-10 in 3.29 Seconds on a Single GPU", 2024, https://arxiv.org/abs/2404.00498
 */
export function airbench(options: AirbenchOptions = {}): Layer {
  assertOptions('airbench', options, {
    imageSize: count,
    inChannels: count,
    widths: listOf(count, 3),
    classes: count,
    whitening: whiteningValues,
    logitScale: finite,
  });
  const { imageSize = 32, inChannels = 3, widths = [64, 128, 128], classes = 10 } = options;
  const { whitening, logitScale = 1 / 9 } = options;
  if (imageSize < 9) {
    throw new Error(`airbench: imageSize is ${imageSize}; give at least 9, because it is halved three times`);
  }
  const [first, second, third] = widths;
  const filters = whiteningFilters(inChannels);
  assertSize('airbench', options, { inChannels }, 'the terms of a sum of block1', 9 * filters);
  assertSize('airbench', options, { widths }, 'the terms of a sum', 9 * Math.max(...widths));
  return sequential({
    images: checkImages('airbench', inChannels, imageSize),
    whiten: whiteningConv('airbench', inChannels, whitening),
    gelu,
    block1: convBlock(filters, first),
    block2: convBlock(first, second),
    block3: convBlock(second, third),
    pool: maxPool2d({ poolSize: (imageSize - 1) >> 3 }),
    flatten,
    head: dense({ inFeatures: third, outFeatures: classes, bias: false }),
    scale: (logits: tf.Tensor) => tf.mul(logits, logitScale),
  });
}

const convBlock = (inChannels: number, outChannels: number): Layer =>
  sequential({
    conv1: convolution(inChannels, outChannels),
    pool: maxPool2d({ poolSize: 2 }),
    norm1: norm(outChannels, gelu),
    conv2: convolution(outChannels, outChannels),
    norm2: norm(outChannels, gelu),
  });
