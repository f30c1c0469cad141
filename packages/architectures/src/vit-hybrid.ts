import { gelu } from '@tenfold/activations';
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
import { convolution, norm } from './cnn';
import { transformerBlocks } from './transformer-block';
import { whiten } from './whiten';

export interface VitHybridOptions {
  /** Channels of the first convolution; 64 by default. */
  stemWidth?: number;
  /** Size of the tokens; 128 by default. */
  width?: number;
  /** How many blocks; 4 by default. */
  depth?: number;
  /** Heads of the attention; 4 by default. */
  heads?: number;
  /** Hidden units of the blocks' networks; 256 by default. */
  mlpWidth?: number;
  /** 10 by default. */
  classes?: number;
  /** Filters of the first convolution, from `whiteningKernel`. Without them they are random, and stay so. */
  whitening?: Float32Array;
  /** Whether every block begins as the identity; true by default. */
  zeroInit?: boolean;
  /** Probability that an example skips a branch of a block in training; 0 by default. */
  dropPathRate?: number;
}

/**
 * A vision transformer on the features of a few convolutions: images [batch, 32, 32, 3] to logits [batch, classes].
 *
 * whiten:    convolution 2×2 'valid' to 24 channels, its kernel frozen; GELU           31×31
 * stem:      convolution 3×3, max-pooling 2, batch norm, GELU                          15×15
 *            convolution 3×3, batch norm, GELU
 *            convolution 3×3, max-pooling 2, batch norm, GELU                          7×7
 * tokens:    every place becomes one of 49 tokens: dense
 * positions: a trained vector is added to each
 * block1…:   x + attention(norm(x)), then x + mlp(norm(x))
 * norm, mean over the tokens, head: dense
 *
 * By default 0.7 million parameters and 67.4 million multiply-adds an image.
 *
 * @throws when a size is not a positive integer, heads does not divide width, or whitening has not 288 values
 * @example
 * createModel(vitHybrid({ whitening: await whiteningKernel(images) })).predict(tf.zeros([1, 32, 32, 3])); // [1, 10]
 * @see Xiao et al., "Early Convolutions Help Transformers See Better", 2021, https://arxiv.org/abs/2106.14881
 */
export function vitHybrid({
  stemWidth = 64,
  width = 128,
  depth = 4,
  heads = 4,
  mlpWidth = 256,
  classes = 10,
  whitening,
  zeroInit = true,
  dropPathRate = 0,
}: VitHybridOptions = {}): Layer {
  return sequential({
    whiten: whiten({ filters: whitening }),
    gelu,
    stem: sequential({
      conv1: convolution(24, stemWidth),
      pool1: maxPool2d({ poolSize: 2 }),
      norm1: norm(stemWidth, 'gelu'),
      conv2: convolution(stemWidth, stemWidth),
      norm2: norm(stemWidth, 'gelu'),
      conv3: convolution(stemWidth, width),
      pool3: maxPool2d({ poolSize: 2 }),
      norm3: norm(width, 'gelu'),
    }),
    places: (x: tf.Tensor) => tf.reshape(x, [x.shape[0]!, x.shape[1]! * x.shape[2]!, width]),
    tokens: dense({ inFeatures: width, outFeatures: width }),
    positions: learnedPositions({ tokens: 49, features: width }),
    ...transformerBlocks(depth, { width, heads, mlpWidth, zeroInit, dropPathRate }),
    norm: layerNorm({ features: width }),
    pool: globalAveragePool,
    head: dense({ inFeatures: width, outFeatures: classes }),
  });
}
