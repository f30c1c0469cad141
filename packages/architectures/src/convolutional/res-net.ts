import { relu } from '@tenfold/activations';
import { assertOptions, assertSize, count } from '@tenfold/checks';
import {
  batchNorm,
  block,
  conv2d,
  dense,
  globalAveragePool,
  heNormal,
  type Layer,
  maxPool2d,
  sequential,
} from '@tenfold/layers';
import * as tf from '@tensorflow/tfjs-core';
import { checkImages } from '../checks/check-images';

export interface ResNetOptions {
  /** Number of channels of the images; 3 by default. */
  inChannels?: number;
  /** Number of channels of the first stage, even; the second stage has twice, the third four times as many. 16 by default. */
  width?: number;
  /** Number of layers with weights, 6·n + 2 for n blocks per stage: 20 (the default), 32, 44, 56, 110. */
  depth?: number;
  /** Number of logits; 10 by default. */
  classes?: number;
}

/**
 * The residual network for CIFAR-10, by default ResNet-20: images [batch, height, width, inChannels] of any size to logits
 * [batch, classes].
 *
 * stem:      convolution 3×3, batch norm, ReLU                                     32×32
 * stage1…3:  (depth − 2)/6 blocks, relu(x + norm2(conv2(relu(norm1(conv1(x))))))   32×32, 16×16, 8×8
 * mean over all positions, head: dense
 *
 * The first block of stages 2 and 3 has stride 2. Its shortcut takes every second pixel and fills the new channels with zeros
 * (option A of the paper), so it has no parameters. Convolutions have no bias and pad by 1, as in PyTorch.
 *
 * @throws when an option is unknown or out of range, depth is not 6·n + 2, or width is odd
 * @example
 * createModel(resNet({ depth: 32 })).predict(tf.zeros([1, 32, 32, 3])); // [1, 10]
 * @see He, Zhang, Ren, Sun, "Deep Residual Learning for Image Recognition", 2016, https://arxiv.org/abs/1512.03385, section 4.2
 */
export function resNet(options: ResNetOptions = {}): Layer {
  assertOptions('resNet', options, { inChannels: count, width: count, depth: count, classes: count });
  const { inChannels = 3, width = 16, depth = 20, classes = 10 } = options;
  const blocks = (depth - 2) / 6;
  if (!Number.isInteger(blocks) || blocks < 1) {
    throw new Error(`resNet: depth is ${depth}; give 6·n + 2 for n blocks per stage, such as 20 or 32`);
  }
  if (width % 2 !== 0) throw new Error(`resNet: width is ${width}; give an even number`);
  assertSize('resNet', options, { inChannels }, 'the terms of a sum of the stem', 9 * inChannels);
  assertSize('resNet', options, { width }, 'the terms of a sum of stage3', 36 * width);
  const stage = (from: number, to: number): Layer =>
    sequential(Array.from({ length: blocks }, (_, i) => residual(i === 0 ? from : to, to)));
  return sequential({
    images: checkImages('resNet', inChannels),
    conv: convolution(inChannels, width),
    norm: batchNorm({ channels: width, activation: relu }),
    stage1: stage(width, width),
    stage2: stage(width, 2 * width),
    stage3: stage(2 * width, 4 * width),
    pool: globalAveragePool,
    head: dense({ inFeatures: 4 * width, outFeatures: classes }),
  });
}

const convolution = (inChannels: number, outChannels: number, strides = 1): Layer =>
  conv2d({
    inChannels,
    outChannels,
    kernelSize: 3,
    strides,
    padding: 1,
    bias: false,
    initializer: heNormal(),
  });

/** A residual block; it has stride 2 if the number of channels doubles. */
function residual(from: number, to: number): Layer {
  const parts = {
    conv1: convolution(from, to, to / from),
    norm1: batchNorm({ channels: to, activation: relu }),
    conv2: convolution(to, to),
    norm2: batchNorm({ channels: to }),
  };
  const everySecond = maxPool2d({ poolSize: 1, strides: 2 });
  const added: [number, number] = [(to - from) / 2, (to - from) / 2];
  return block(parts, (l, x) => {
    const shortcut = from === to ? x : tf.pad(everySecond(x), [[0, 0], [0, 0], [0, 0], added]);
    return relu(tf.add(shortcut, l.norm2(l.conv2(l.norm1(l.conv1(x))))));
  });
}
