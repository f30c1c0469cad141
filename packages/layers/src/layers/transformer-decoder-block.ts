import { assertOptions } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { block } from '../model/block';
import { defineLayer } from '../model/define-layer';
import type { Layer } from '../model/layer';
import { type AttentionParams, readMask } from '../ops/attend';
import { assertTokens, inputTensor } from '../ops/input-tensor';
import { namedInputs } from '../ops/named-inputs';
import { attention as crossAttention } from './attention';
import type { LayerNormParams } from './layer-norm';
import { multiHeadAttention } from './multi-head-attention';
import {
  blockKinds,
  perceptron,
  type TransformerBlockOptions,
  type TransformerEncoderBlockParams,
} from './transformer-encoder-block';

/** The input of {@link transformerDecoderBlock}. */
export interface TransformerDecoderBlockInput {
  /** Tokens, [batch, tokens, features]. */
  x: tf.Tensor;
  /** Tokens of the encoder, [batch, memory tokens, features]. */
  memory: tf.Tensor;
  /** Which tokens or pairs of x may be seen, as of `multiHeadAttention`. */
  mask?: tf.Tensor | undefined;
  /** Which tokens of the memory may be seen, as of `attention`. */
  memoryMask?: tf.Tensor | undefined;
}

/** The parameters of {@link transformerDecoderBlock}. */
export interface TransformerDecoderBlockParams extends TransformerEncoderBlockParams {
  /** Of the attention to the memory. */
  crossAttention: AttentionParams;
  /** Of the norm of the attention to the memory. */
  crossNorm: LayerNormParams;
}

/**
 * Transformer decoder block: causal self-attention, attention to the tokens of an encoder, and a perceptron of each token, all
 * residual.
 *
 * y = N(x + attention(x)), z = N(y + attention(y, memory)), w = N(z + W₂·f(W₁·z)); with normFirst, each N is before what is added
 *
 * `positions` and `scoreBias` are those of the self-attention, which is causal unless `causal: false`.
 *
 * @returns a layer from { x, memory, mask?, memoryMask? } to [batch, tokens, features]
 * @throws when an option is unknown or out of range, heads does not divide features, or the inputs are not such batches
 * @example
 * const decoder = createModel(transformerDecoderBlock({ features: 64, heads: 4 }));
 * decoder.predict({ x: tf.zeros([2, 5, 64]), memory: tf.zeros([2, 9, 64]) }); // [2, 5, 64]
 * @see Vaswani et al., "Attention Is All You Need", 2017, https://arxiv.org/abs/1706.03762, section 3.1
 */
export function transformerDecoderBlock(
  options: TransformerBlockOptions,
): Layer<TransformerDecoderBlockParams, TransformerDecoderBlockInput> {
  assertOptions('transformerDecoderBlock', options, blockKinds);
  const { attention, norm, layers, normFirst } = perceptron(options);
  const { features } = options;
  const { causal = true, positions: _positions, scoreBias: _scoreBias, ...cross } = attention;
  const parts = {
    attention: multiHeadAttention({ ...attention, causal }),
    attentionNorm: norm(),
    crossAttention: crossAttention(cross),
    crossNorm: norm(),
    ...layers,
    outputNorm: norm(),
  };
  return defineLayer(
    'transformerDecoderBlock',
    block(parts, (l, input: TransformerDecoderBlockInput) => {
      const given = namedInputs<TransformerDecoderBlockInput>('transformerDecoderBlock', input, {
        x: true,
        memory: true,
        mask: false,
        memoryMask: false,
      });
      const x = inputTensor('transformerDecoderBlock', given.x, 'x');
      const memory = inputTensor('transformerDecoderBlock', given.memory, 'memory');
      const mask = readMask('transformerDecoderBlock', given.mask);
      assertTokens('transformerDecoderBlock', x, features);
      const attend = (x: tf.Tensor) => l.dropout(l.attention({ x, mask }));
      const look = (query: tf.Tensor) =>
        l.dropout(l.crossAttention({ query, key: memory, mask: given.memoryMask }));
      const transform = (x: tf.Tensor) => l.dropout(l.output(l.dropout(l.hidden(x))));
      if (normFirst) {
        const y = tf.add(x, attend(l.attentionNorm(x)));
        const z = tf.add(y, look(l.crossNorm(y)));
        return tf.add(z, transform(l.outputNorm(z)));
      }
      const y = l.attentionNorm(tf.add(x, attend(x)));
      const z = l.crossNorm(tf.add(y, look(y)));
      return l.outputNorm(tf.add(z, transform(z)));
    }),
  );
}
