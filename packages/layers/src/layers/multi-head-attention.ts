import { type Initializer, torchUniform, zeros } from '../initializers';
import { block } from '../model/block';
import type { Layer } from '../model/layer';
import { assertSizes } from '../model/parameter';
import { attend } from '../ops/attend';
import { dense } from './dense';

export interface MultiHeadAttentionOptions {
  /** Size of the tokens, D. */
  features: number;
  /** How many heads share them; divides features. */
  heads: number;
  /** Of the kernels of query, key and value; uniform in ±1/√features by default. Biases begin as 0. */
  initializer?: Initializer;
  /** Of the output's kernel; the same by default. With `zeros` a residual block begins as the identity. */
  outputInitializer?: Initializer;
}

/**
 * Multi-head self-attention: every token takes a weighted mean of all tokens, once per head.
 *
 * Q = x·W_Q + b_Q, K and V likewise, each split into heads of d = D/heads features;
 * y = concat_h(softmax(Q_h·K_hᵀ/√d)·V_h)·W_O + b_O
 *
 * The four products are dense layers of their own: the parameters are `query.kernel`, `query.bias`, `key…`, `value…`,
 * `output…`, with kernels of shape [features, features].
 *
 * @returns a layer that keeps the shape [batch, tokens, features]
 * @throws when a size is not a positive integer, heads does not divide features, or the input is not such a batch
 * @example
 * block({ norm: layerNorm({ features: 64 }), attention: multiHeadAttention({ features: 64, heads: 4 }) },
 *   (l, x) => tf.add(x, l.attention(l.norm(x))));
 * @see Vaswani et al., "Attention Is All You Need", 2017, https://arxiv.org/abs/1706.03762, section 3.2
 */
export function multiHeadAttention({
  features,
  heads,
  initializer = torchUniform(),
  outputInitializer = initializer,
}: MultiHeadAttentionOptions): Layer {
  assertSizes('multiHeadAttention', { features, heads });
  if (features % heads !== 0) {
    throw new Error(
      `multiHeadAttention: features is ${features} and heads is ${heads}; heads must divide features`,
    );
  }
  const project = (kernel: Initializer) =>
    dense({ inFeatures: features, outFeatures: features, initializer: kernel, biasInitializer: zeros() });
  const parts = {
    query: project(initializer),
    key: project(initializer),
    value: project(initializer),
    output: project(outputInitializer),
  };
  return block(parts, (l, x, { countFlops, onAttention }) => {
    if (x.rank !== 3 || x.shape[2] !== features) {
      throw new Error(
        `multiHeadAttention: the input has shape [${x.shape}]; give tokens [batch, tokens, ${features}], since features is ${features}`,
      );
    }
    const [batch, tokens] = x.shape as [number, number, number];
    countFlops?.('attention', 4 * batch * tokens * tokens * features);
    const [query, key] = [l.query(x), l.key(x)];
    onAttention?.(query, key, heads, true);
    return l.output(attend(query, key, l.value(x), heads));
  });
}
