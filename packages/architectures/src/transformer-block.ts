import { gelu } from '@tenfold/activations';
import {
  block,
  dense,
  type Initializer,
  type Layer,
  layerNorm,
  lecunUniform,
  multiHeadAttention,
  sequential,
  zeros,
} from '@tenfold/layers';
import * as tf from '@tensorflow/tfjs-core';

export interface TransformerBlockOptions {
  /** Size of the tokens. */
  width: number;
  heads: number;
  /** Hidden units of the network applied to every token. */
  mlpWidth: number;
  /** Whether both branches begin as zero, and the block as the identity; true by default. */
  zeroInit?: boolean;
}

/**
 * A transformer's block that normalises before each branch: tokens [batch, tokens, width] to the same.
 *
 * x ← x + attention(norm1(x)); x ← x + mlp(norm2(x)), mlp = dense, GELU, dense
 *
 * @throws when a size is not a positive integer, or heads does not divide width
 * @example
 * sequential([patchEmbedding({ patchSize: 4, inChannels: 3, features: 64 }), transformerBlock({ width: 64, heads: 4, mlpWidth: 128 })]);
 * @see Xiong et al., "On Layer Normalization in the Transformer Architecture", 2020, https://arxiv.org/abs/2002.04745
 */
export function transformerBlock({
  width,
  heads,
  mlpWidth,
  zeroInit = true,
}: TransformerBlockOptions): Layer {
  const outputInitializer: Initializer = zeroInit ? zeros : lecunUniform();
  const layers = {
    norm1: layerNorm({ features: width }),
    attention: multiHeadAttention({ features: width, heads, outputInitializer }),
    norm2: layerNorm({ features: width }),
    mlp: sequential({
      dense1: dense({ inFeatures: width, outFeatures: mlpWidth, biasInitializer: zeros }),
      gelu,
      dense2: dense({
        inFeatures: mlpWidth,
        outFeatures: width,
        initializer: outputInitializer,
        biasInitializer: zeros,
      }),
    }),
  };
  return block(layers, (l, x) => {
    const attended = tf.add(x, l.attention(l.norm1(x)));
    return tf.add(attended, l.mlp(l.norm2(attended)));
  });
}

/** So many blocks in a row, named block1, block2, … */
export const transformerBlocks = (
  depth: number,
  options: TransformerBlockOptions,
): { [name: string]: Layer } =>
  Object.fromEntries(Array.from({ length: depth }, (_, i) => [`block${i + 1}`, transformerBlock(options)]));
