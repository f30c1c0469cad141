import { gelu } from '@tenfold/activations';
import { assertOptions, count, flag, fraction, oneOf, required } from '@tenfold/checks';
import {
  block,
  dense,
  dropPath,
  type Initializer,
  type Layer,
  layerNorm,
  localitySelfAttention,
  multiHeadAttention,
  sequential,
  torchUniform,
  zeros,
} from '@tenfold/layers';
import * as tf from '@tensorflow/tfjs-core';
import { assertHeads } from '../checks/assert-heads';

export interface TransformerBlockOptions {
  /** Size of the tokens. */
  width: number;
  /** Number of attention heads; must divide width. */
  heads: number;
  /** Number of hidden units of the MLP. */
  mlpWidth: number;
  /** Whether both branches start at zero, so that the block starts as the identity; true by default. */
  zeroInit?: boolean;
  /** Full attention, or LSA (diagonal masked, learned temperature); 'global' by default. */
  attention?: 'global' | 'locality';
  /** Probability of dropping a branch of an example in training; 0 by default. */
  dropPathRate?: number;
}

/**
 * A pre-norm transformer block, which keeps the shape [batch, tokens, width].
 *
 * x ← x + attention(norm1(x)); x ← x + mlp(norm2(x)), mlp = dense, GELU, dense
 *
 * @throws when an option is unknown or out of range, or heads does not divide width
 * @example
 * sequential([patchEmbedding({ patchSize: 4, inChannels: 3, features: 64 }), transformerBlock({ width: 64, heads: 4, mlpWidth: 128 })]);
 * @see Xiong et al., "On Layer Normalization in the Transformer Architecture", 2020, https://arxiv.org/abs/2002.04745
 */
export function transformerBlock(options: TransformerBlockOptions): Layer {
  assertOptions('transformerBlock', options, {
    width: required(count),
    heads: required(count),
    mlpWidth: required(count),
    zeroInit: flag,
    attention: oneOf('global', 'locality'),
    dropPathRate: fraction,
  });
  const { width, heads, mlpWidth, zeroInit = true, attention = 'global', dropPathRate = 0 } = options;
  assertHeads('transformerBlock', options, width, heads);
  const attend = attention === 'global' ? multiHeadAttention : localitySelfAttention;
  const outputInitializer: Initializer = zeroInit ? zeros() : torchUniform();
  const layers = {
    norm1: layerNorm({ features: width }),
    attention: attend({ features: width, heads, outputInitializer }),
    norm2: layerNorm({ features: width }),
    mlp: sequential({
      dense1: dense({ inFeatures: width, outFeatures: mlpWidth, biasInitializer: zeros() }),
      gelu,
      dense2: dense({
        inFeatures: mlpWidth,
        outFeatures: width,
        initializer: outputInitializer,
        biasInitializer: zeros(),
      }),
    }),
  };
  return block({ ...layers, drop: dropPath({ rate: dropPathRate }) }, (l, x) => {
    const attended = tf.add(x, l.drop(l.attention(l.norm1(x))));
    return tf.add(attended, l.drop(l.mlp(l.norm2(attended))));
  });
}

/** `depth` blocks with the same options, named block1, block2, … */
export const transformerBlocks = (
  depth: number,
  options: TransformerBlockOptions,
): { [name: string]: Layer } =>
  Object.fromEntries(Array.from({ length: depth }, (_, i) => [`block${i + 1}`, transformerBlock(options)]));
