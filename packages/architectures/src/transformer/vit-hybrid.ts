import { gelu } from '@tenfold/activations';
import { assertOptions, assertSize, count, flag, fraction } from '@tenfold/checks';
import {
  dense,
  globalAveragePool,
  type Layer,
  layerNorm,
  learnedPositions,
  maxPool2d,
  sequential,
} from '@tenfold/layers';
import * as tf from '@tensorflow/tfjs-core';
import { assertHeads } from '../checks/assert-heads';
import { checkImages } from '../checks/check-images';
import { convolution, norm } from '../convolutional/airbench-parts';
import { whiteningConv, whiteningFilters, whiteningValues } from '../whitening/whitening-conv';
import { transformerBlocks } from './transformer-block';

export interface VitHybridOptions {
  /** Height and width of the images, at least 5; 32 by default. */
  imageSize?: number;
  /** Number of channels of the images; 3 by default. */
  inChannels?: number;
  /** Number of channels of the stem's first convolution; 64 by default. */
  stemWidth?: number;
  /** Size of the tokens; 128 by default. */
  width?: number;
  /** Number of blocks, at least 1; 4 by default. */
  depth?: number;
  /** Number of attention heads, a divisor of width; 4 by default. */
  heads?: number;
  /** Number of hidden units of the blocks' MLPs; 256 by default. */
  mlpWidth?: number;
  /** Number of logits; 10 by default. */
  classes?: number;
  /** Filters of the first convolution, from `computeWhiteningFilters`. Without them, the filters are random and frozen. */
  whitening?: Float32Array;
  /** Whether each block starts as the identity; true by default. */
  zeroInit?: boolean;
  /** Probability of dropping a branch of an example in training; 0 by default. */
  dropPathRate?: number;
}

/**
 * A vision transformer with a convolutional stem: images [batch, imageSize, imageSize, inChannels] to logits [batch, classes].
 *
 * whiten:    convolution 2×2 'valid' to 8·inChannels channels, its kernel frozen; GELU   31×31
 * stem:      convolution 3×3, max-pooling 2, batch norm, GELU                          15×15
 *            convolution 3×3, batch norm, GELU
 *            convolution 3×3, max-pooling 2, batch norm, GELU                          7×7
 * tokens:    dense; each position becomes a token, by default 49 of them
 * positions: a learned vector is added to each token
 * block1…:   x + attention(norm(x)), then x + mlp(norm(x))
 * norm, mean over all tokens, head: dense
 *
 * @throws when an option is unknown or out of range, heads does not divide width, or whitening does not have the size of the
 *   first kernel
 * @example
 * createModel(vitHybrid({ whitening: await computeWhiteningFilters(images) })).predict(tf.zeros([1, 32, 32, 3])); // [1, 10]
 * @see Xiao et al., "Early Convolutions Help Transformers See Better", 2021, https://arxiv.org/abs/2106.14881
 */
export function vitHybrid(options: VitHybridOptions = {}): Layer {
  assertOptions('vitHybrid', options, {
    imageSize: count,
    inChannels: count,
    stemWidth: count,
    width: count,
    depth: count,
    heads: count,
    mlpWidth: count,
    classes: count,
    whitening: whiteningValues,
    zeroInit: flag,
    dropPathRate: fraction,
  });
  const { imageSize = 32, inChannels = 3, stemWidth = 64, width = 128, depth = 4, heads = 4 } = options;
  const { mlpWidth = 256, classes = 10, whitening, zeroInit = true, dropPathRate = 0 } = options;
  if (imageSize < 5) {
    throw new Error(`vitHybrid: imageSize is ${imageSize}; give at least 5, because it is halved twice`);
  }
  const side = (imageSize - 1) >> 2;
  assertHeads('vitHybrid', options, width, heads);
  assertSize('vitHybrid', options, { imageSize }, 'the number of tokens', side ** 2);
  const filters = whiteningFilters(inChannels);
  assertSize('vitHybrid', options, { inChannels }, 'the terms of a sum of the stem', 9 * filters);
  assertSize('vitHybrid', options, { stemWidth }, 'the terms of a sum of the stem', 9 * stemWidth);
  return sequential({
    images: checkImages('vitHybrid', inChannels, imageSize),
    whiten: whiteningConv('vitHybrid', inChannels, whitening),
    gelu,
    stem: sequential({
      conv1: convolution(filters, stemWidth),
      pool1: maxPool2d({ poolSize: 2 }),
      norm1: norm(stemWidth, gelu),
      conv2: convolution(stemWidth, stemWidth),
      norm2: norm(stemWidth, gelu),
      conv3: convolution(stemWidth, width),
      pool3: maxPool2d({ poolSize: 2 }),
      norm3: norm(width, gelu),
    }),
    places: (x: tf.Tensor) => tf.reshape(x, [x.shape[0]!, x.shape[1]! * x.shape[2]!, width]),
    tokens: dense({ inFeatures: width, outFeatures: width }),
    positions: learnedPositions({ tokens: side * side, features: width }),
    ...transformerBlocks(depth, { width, heads, mlpWidth, zeroInit, dropPathRate }),
    norm: layerNorm({ features: width }),
    pool: globalAveragePool,
    head: dense({ inFeatures: width, outFeatures: classes }),
  });
}
