import { assertOptions, count, flag, fraction, oneOf } from '@tenfold/checks';
import {
  dense,
  globalAveragePool,
  type Layer,
  layerNorm,
  learnedPositions,
  patchEmbedding,
  sequential,
  shiftedPatchEmbedding,
  sinCosPositions2d,
} from '@tenfold/layers';
import { transformerBlocks } from './transformer-block';

export interface VitOptions {
  /** Height and width of the images; 32 by default. */
  imageSize?: number;
  /** Number of channels of the images; 3 by default. */
  inChannels?: number;
  /** Height and width of a patch, a divisor of imageSize; 4 by default. */
  patchSize?: number;
  /** Size of the tokens; 128 by default. */
  width?: number;
  /** Number of blocks, at least 1; 6 by default. */
  depth?: number;
  /** Number of attention heads; 4 by default. */
  heads?: number;
  /** Number of hidden units of the blocks' MLPs; 256 by default. */
  mlpWidth?: number;
  /** Number of logits; 10 by default. */
  classes?: number;
  /** Position embeddings: fixed sines and cosines of row and column, or learned vectors; 'sincos2d' by default. */
  positions?: 'sincos2d' | 'learned';
  /** Whether each block starts as the identity; true by default. */
  zeroInit?: boolean;
  /** The input of a token: its patch, or its patch and four copies shifted by half a patch; 'patches' by default. */
  tokens?: 'patches' | 'shifted';
  /** Full attention, or LSA (diagonal masked, learned temperature); 'global' by default. */
  attention?: 'global' | 'locality';
  /** Probability of dropping a branch of an example in training; 0 by default. */
  dropPathRate?: number;
}

/**
 * A vision transformer without a class token: images [batch, imageSize, imageSize, inChannels] to logits [batch, classes].
 *
 * patches:   each patch of patchSize² pixels becomes a token
 * positions: fixed or learned position embeddings are added
 * block1…:   x + attention(norm(x)), then x + mlp(norm(x))
 * norm, mean over all tokens, head: dense
 *
 * With shifted tokens and LSA it is the SL-ViT for small datasets.
 *
 * By default, there are 64 tokens.
 *
 * @throws when an option is unknown or out of range, patchSize does not divide imageSize, or heads does not divide width
 * @example
 * createModel(vit({ depth: 4 })).predict(tf.zeros([1, 32, 32, 3])); // [1, 10]
 * @see Dosovitskiy et al., "An Image is Worth 16x16 Words", 2021, https://arxiv.org/abs/2010.11929;
 *   Beyer, Zhai, Kolesnikov, "Better plain ViT baselines for ImageNet-1k", 2022, https://arxiv.org/abs/2205.01580;
 *   Lee, Lee, Song, "Vision Transformer for Small-Size Datasets", 2021, https://arxiv.org/abs/2112.13492
 */
export function vit(options: VitOptions = {}): Layer {
  assertOptions('vit', options, {
    imageSize: count,
    inChannels: count,
    patchSize: count,
    width: count,
    depth: count,
    heads: count,
    mlpWidth: count,
    classes: count,
    positions: oneOf('sincos2d', 'learned'),
    zeroInit: flag,
    tokens: oneOf('patches', 'shifted'),
    attention: oneOf('global', 'locality'),
    dropPathRate: fraction,
  });
  const { imageSize = 32, inChannels = 3, patchSize = 4, width = 128, depth = 6, heads = 4 } = options;
  const { mlpWidth = 256, classes = 10, positions = 'sincos2d', zeroInit = true } = options;
  const { tokens = 'patches', attention = 'global', dropPathRate = 0 } = options;
  const side = imageSize / patchSize;
  if (!Number.isInteger(side)) {
    throw new Error(
      `vit: imageSize is ${imageSize} and patchSize is ${patchSize}; patchSize must divide imageSize`,
    );
  }
  const embedding = tokens === 'patches' ? patchEmbedding : shiftedPatchEmbedding;
  return sequential({
    patches: embedding({ patchSize, inChannels, features: width }),
    positions:
      positions === 'learned'
        ? learnedPositions({ tokens: side * side, features: width })
        : sinCosPositions2d({ height: side, width: side, features: width }),
    ...transformerBlocks(depth, { width, heads, mlpWidth, zeroInit, attention, dropPathRate }),
    norm: layerNorm({ features: width }),
    pool: globalAveragePool,
    head: dense({ inFeatures: width, outFeatures: classes }),
  });
}
