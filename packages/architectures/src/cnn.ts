import { gelu } from '@tenfold/activations';
import {
  type Activation,
  batchNorm,
  conv2d,
  dense,
  dirac,
  flatten,
  type Layer,
  maxPool2d,
  sequential,
} from '@tenfold/layers';
import * as tf from '@tensorflow/tfjs-core';
import { whiten } from './whiten';

export interface CnnOptions {
  /** Channels of the three blocks; [64, 128, 128] by default. */
  widths?: [number, number, number];
  /** 10 by default. */
  classes?: number;
  /** Filters of the first convolution, from `whiteningKernel`. Without them they are random, and stay so. */
  whitening?: Float32Array;
  /** What the logits are multiplied with; 1/9 by default. */
  logitScale?: number;
}

/**
 * The small convolutional network that reaches 94 % on CIFAR-10 in seconds on a GPU: images [batch, 32, 32, 3] to
 * logits [batch, classes].
 *
 * whiten:  convolution 2×2 'valid' to 24 channels, its kernel frozen; GELU                     31×31
 * block1…3: convolution 3×3, max-pooling 2, batch norm, GELU, convolution 3×3, batch norm, GELU  15×15, 7×7, 3×3
 * head:    max-pooling 3, dense without bias, times logitScale
 *
 * The convolutions have no bias and begin as the identity as far as there are channels for it (`dirac`); the batch
 * norms have a shift and no scale, epsilon 1e-12 and momentum 0.4.
 *
 * [64, 128, 128]: 0.57 million parameters, 54.2 million multiply-adds an image; [64, 256, 256]: 1.97 and 118.2 million.
 *
 * @throws when a size is not a positive integer, or whitening has not 288 values
 * @example
 * const model = createModel(cnn({ whitening: await whiteningKernel(images) }), { seed: 0 });
 * model.predict(tf.zeros([1, 32, 32, 3])); // [1, 10]
 * @see Jordan, "94% on CIFAR-10 in 3.29 Seconds on a Single GPU", 2024, https://arxiv.org/abs/2404.00498
 */
export function cnn({
  widths = [64, 128, 128],
  classes = 10,
  whitening,
  logitScale = 1 / 9,
}: CnnOptions = {}): Layer {
  const [first, second, third] = widths;
  return sequential({
    whiten: whiten({ filters: whitening }),
    gelu,
    block1: convBlock(24, first),
    block2: convBlock(first, second),
    block3: convBlock(second, third),
    pool: maxPool2d({ poolSize: 3 }),
    flatten,
    head: dense({ inFeatures: third, outFeatures: classes, bias: false }),
    scale: (logits: tf.Tensor) => tf.mul(logits, logitScale),
  });
}

const convBlock = (inChannels: number, outChannels: number): Layer =>
  sequential({
    conv1: convolution(inChannels, outChannels),
    pool: maxPool2d({ poolSize: 2 }),
    norm1: norm(outChannels, 'gelu'),
    conv2: convolution(outChannels, outChannels),
    norm2: norm(outChannels, 'gelu'),
  });

/** The convolution of this family: 3×3, without bias, beginning as the identity. */
export const convolution = (inChannels: number, outChannels: number): Layer =>
  conv2d({ inChannels, outChannels, kernelSize: 3, bias: false, initializer: dirac() });

/** The batch norm of this family, with the activation behind it. */
export const norm = (channels: number, activation: Activation = 'none'): Layer =>
  batchNorm({ channels, scale: false, epsilon: 1e-12, momentum: 0.4, activation });
