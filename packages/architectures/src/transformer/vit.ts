import { assertOptions, assertSize, count, flag, fraction, oneOf, showOptions } from '@tenfold/checks';
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
import { assertHeads } from '../checks/assert-heads';
import { assertPatches } from '../checks/assert-patches';
import { checkImages } from '../checks/check-images';
import { transformerBlocks } from './transformer-block';

export interface VitOptions {
  /** Height and width of the images; 32 by default. */
  imageSize?: number;
  /** Number of channels of the images; 3 by default. */
  inChannels?: number;
  /** Height and width of a patch, a divisor of imageSize, even for shifted tokens; 4 by default. */
  patchSize?: number;
  /** Size of the tokens, a multiple of 4 and at least 8 for the positions 'sincos2d'; 128 by default. */
  width?: number;
  /** Number of blocks, at least 1; 6 by default. */
  depth?: number;
  /** Number of attention heads, a divisor of width; 4 by default. */
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
 * @throws when an option is unknown or out of range, patchSize does not divide imageSize or is odd with shifted tokens,
 *   heads does not divide width, or width is not a multiple of 4 with the positions 'sincos2d'
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
  const side = assertPatches(
    'vit',
    options,
    { imageSize, patchSize, inChannels },
    tokens === 'shifted' ? 5 : 1,
  );
  if (tokens === 'shifted' && patchSize % 2 !== 0) {
    throw new Error(
      `vit: ${showOptions(options, { patchSize, tokens })}; give an even patchSize, because copies are shifted by half of it`,
    );
  }
  if (positions === 'sincos2d' && (width % 4 !== 0 || width < 8)) {
    throw new Error(
      `vit: ${showOptions(options, { width, positions })}; give a width that is a multiple of 4 and at least 8, or the positions 'learned'`,
    );
  }
  assertHeads('vit', options, width, heads);
  assertSize(
    'vit',
    options,
    { imageSize, patchSize, width },
    'the values of all positions',
    side ** 2 * width,
  );
  const embedding = tokens === 'patches' ? patchEmbedding : shiftedPatchEmbedding;
  return sequential({
    images: checkImages('vit', inChannels, imageSize),
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
