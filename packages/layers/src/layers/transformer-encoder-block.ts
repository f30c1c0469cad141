import { relu } from '@tenfold/activations';
import { assertOptions, count, flag, fraction, type Kinds, positive, required } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { block } from '../model/block';
import { defineLayer } from '../model/define-layer';
import type { Layer } from '../model/layer';
import { activations, type LayerActivation } from '../ops/activate';
import { type AttentionParams, type AttentionVariants, readTokens, variantKinds } from '../ops/attend';
import { assertTokens } from '../ops/input-tensor';
import { type DenseParams, dense } from './dense';
import { dropout } from './dropout';
import { type LayerNormParams, layerNorm } from './layer-norm';
import { multiHeadAttention, type SelfAttentionInput } from './multi-head-attention';

export interface TransformerBlockOptions extends AttentionVariants {
  /** Size of the tokens. */
  features: number;
  /** Number of heads; must divide features. */
  heads: number;
  /** Size of the hidden layer; 4·features by default, which is PyTorch's 2048 for 512 features. */
  hiddenFeatures?: number;
  /** Activation function of the hidden layer; `relu` by default. */
  activation?: LayerActivation;
  /** Whether to normalize before attention and hidden layer instead of after the addition; false by default, as in PyTorch. */
  normFirst?: boolean;
  /**
   * Probability of dropping an element of the hidden layer and of what is added, in [0, 1). 0 by default, so that a training step
   * needs no `rng`; PyTorch: 0.1, also for the weights of attention.
   */
  dropout?: number;
  /** Added to the variance in the norms, above 0; 1e-5 by default. */
  epsilon?: number;
}

/** The parameters of {@link transformerEncoderBlock}. */
export interface TransformerEncoderBlockParams {
  /** Of the self-attention. */
  attention: AttentionParams;
  /** Of the norm of the attention. */
  attentionNorm: LayerNormParams;
  /** The first layer of the perceptron. */
  hidden: DenseParams;
  /** The second layer of the perceptron. */
  output: DenseParams;
  /** Of the norm of the perceptron. */
  outputNorm: LayerNormParams;
}

export const blockKinds: Kinds<TransformerBlockOptions> = {
  features: required(count),
  heads: required(count),
  hiddenFeatures: count,
  activation: activations,
  normFirst: flag,
  dropout: fraction,
  epsilon: positive,
  ...variantKinds,
};

/** The layers of a perceptron with its norm, and the options that are those of attention. */
export function perceptron(options: TransformerBlockOptions) {
  const { features, hiddenFeatures = 4 * features, activation = relu, normFirst = false } = options;
  const { dropout: rate = 0, epsilon = 1e-5 } = options;
  const {
    hiddenFeatures: _1,
    activation: _2,
    normFirst: _3,
    dropout: _4,
    epsilon: _5,
    ...attention
  } = options;
  return {
    normFirst,
    attention,
    norm: () => layerNorm({ features, epsilon }),
    layers: {
      hidden: dense({ inFeatures: features, outFeatures: hiddenFeatures, activation }),
      output: dense({ inFeatures: hiddenFeatures, outFeatures: features }),
      dropout: dropout({ rate }),
    },
  };
}

/**
 * Transformer encoder block: self-attention and a perceptron of each token, both residual. With `causal: true` it is the block of a
 * decoder-only transformer, such as GPT.
 *
 * y = N(x + attention(x)), z = N(y + W₂·f(W₁·y)); with normFirst, y = x + attention(N(x)), z = y + W₂·f(W₁·N(y)), and the network
 * needs a norm after its last block
 *
 * @returns a layer from a tensor [batch, tokens, features], or { x, mask } as of `multiHeadAttention`, to the shape of the tokens
 * @throws when an option is unknown or out of range, heads does not divide features, or the input is not such a batch
 * @example
 * sequential([
 *   transformerEncoderBlock({ features: 64, heads: 4, normFirst: true, activation: gelu }),
 *   layerNorm({ features: 64 }),
 * ]);
 * @see Vaswani et al., "Attention Is All You Need", 2017, https://arxiv.org/abs/1706.03762, section 3.1
 * @see Xiong et al., "On Layer Normalization in the Transformer Architecture", 2020, https://arxiv.org/abs/2002.04745
 */
export function transformerEncoderBlock(
  options: TransformerBlockOptions,
): Layer<TransformerEncoderBlockParams, tf.Tensor | SelfAttentionInput> {
  assertOptions('transformerEncoderBlock', options, blockKinds);
  const { attention, norm, layers, normFirst } = perceptron(options);
  const { features } = options;
  const parts = {
    attention: multiHeadAttention(attention),
    attentionNorm: norm(),
    ...layers,
    outputNorm: norm(),
  };
  return defineLayer(
    'transformerEncoderBlock',
    block(parts, (l, input: tf.Tensor | SelfAttentionInput) => {
      const { x, mask } = readTokens('transformerEncoderBlock', input);
      assertTokens('transformerEncoderBlock', x, features);
      const attend = (x: tf.Tensor) => l.dropout(l.attention({ x, mask }));
      const transform = (x: tf.Tensor) => l.dropout(l.output(l.dropout(l.hidden(x))));
      if (normFirst) {
        const y = tf.add(x, attend(l.attentionNorm(x)));
        return tf.add(y, transform(l.outputNorm(y)));
      }
      const y = l.attentionNorm(tf.add(x, attend(x)));
      return l.outputNorm(tf.add(y, transform(y)));
    }),
  );
}
