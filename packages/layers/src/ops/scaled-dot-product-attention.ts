import { softmax } from '@tenfold/activations';
import { fused, hasKernels, runKernel, withGradient } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';

export interface AttentionMask {
  /**
   * The keys to attend to, float32 [batch, keys]: 1 where attention is allowed, 0 where it is not, NaN for a weight of NaN. A query
   * without keys outputs zeros.
   */
  keys?: tf.Tensor | undefined;
  /** The same for each pair, float32 [batch or 1, heads or 1, queries, keys]. */
  pairs?: tf.Tensor | undefined;
  /** Whether query i attends to the keys up to i + keys − queries only, so that the last query sees all. */
  causal?: boolean;
  /** Whether to mask the diagonal: a token does not attend to itself, unless it is the only token. */
  masksDiagonal?: boolean;
}

/**
 * Multi-head scaled dot-product attention, with the exact gradient.
 *
 * Per head: P = softmax(Q·Kᵀ/√d), Y = P·V;
 * dV = Pᵀ·dY, dP = dY·Vᵀ, dS = P∘(dP − rowsum(dP∘P)), dQ = dS·K/√d, dK = dSᵀ·Q/√d
 *
 * As one rule it saves four tensors. Recorded as separate operations it would save twice as many, including the scores.
 *
 * Without a mask, and with as many keys as queries, it runs the kernels `Attention` and `AttentionGrad` where the backend has
 * them. They do not store the scores at all.
 *
 * @param query Q, [batch, queries, heads·d]
 * @param key K, and value V: [batch, keys, heads·d]
 * @param biased changes the scores [batch, heads, queries, keys], on the tape
 * @returns [batch, queries, heads·d]
 */
export function scaledDotProductAttention(
  query: tf.Tensor,
  key: tf.Tensor,
  value: tf.Tensor,
  heads: number,
  mask: AttentionMask = {},
  biased?: (scores: tf.Tensor) => tf.Tensor,
): tf.Tensor {
  const scale = 1 / Math.sqrt(query.shape[2]! / heads);
  if (biased) {
    const weights = attentionWeights(query, key, heads, mask, biased);
    return merge(tf.matMul(weights, split(value, heads)));
  }
  const isUnmasked = !mask.keys && !mask.pairs && !mask.causal && !mask.masksDiagonal;
  const isPlain = isUnmasked && query.shape[1] === key.shape[1];
  if (isPlain && hasKernels('Attention', 'AttentionGrad') && tf.engine().state.gradientDepth <= 1) {
    return withGradient([query, key, value], {
      forward() {
        const [mixed, logsumexp] = runKernel('Attention', { query, key, value }, { heads, scale });
        return { value: mixed!, saved: [query, key, value, logsumexp!] };
      },
      backward(dy, saved) {
        const [query, key, value, logsumexp] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
        return runKernel('AttentionGrad', { dy, query, key, value, logsumexp }, { heads, scale });
      },
    });
  }
  return withGradient([query, key, value], {
    forward() {
      const [q, k, v] = [tf.mul(split(query, heads), scale), split(key, heads), split(value, heads)];
      const weights = maskedSoftmax(tf.matMul(q, k, false, true), mask);
      return { value: merge(tf.matMul(weights, v)), saved: [q, k, v, weights] };
    },
    backward(dy, saved) {
      const [q, k, v, weights] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
      const dmixed = split(dy, heads);
      const dscores = softmaxGradient(tf.matMul(dmixed, v, false, true), weights);
      const dq = tf.mul(merge(tf.matMul(dscores, k)), scale);
      return [dq, merge(tf.matMul(dscores, q, true)), merge(tf.matMul(weights, dmixed, true))];
    },
  });
}

/** The weights of all heads, [batch, heads, queries, keys]. */
export function attentionWeights(
  query: tf.Tensor,
  key: tf.Tensor,
  heads: number,
  mask: AttentionMask = {},
  biased: (scores: tf.Tensor) => tf.Tensor = (scores) => scores,
): tf.Tensor {
  const scale = 1 / Math.sqrt(query.shape[2]! / heads);
  return tf.tidy(() => {
    const scores = tf.matMul(tf.mul(split(query, heads), scale), split(key, heads), false, true);
    return maskedSoftmax(biased(scores), mask);
  });
}

/** Repeats heads [batch, tokens, few·d] to [batch, tokens, heads·d]: consecutive heads are copies of one. */
export function repeatHeads(t: tf.Tensor, few: number, heads: number): tf.Tensor {
  if (few === heads) return t;
  const [batch, tokens, features] = t.shape as [number, number, number];
  const size = features / few;
  const apart = tf.reshape(t, [batch * tokens, few, 1, size]);
  const copies = tf.concat(Array<tf.Tensor>(heads / few).fill(apart), 2);
  return tf.reshape(copies, [batch, tokens, heads * size]);
}

/** Splits [batch, tokens, heads·d] into [batch, heads, tokens, d]. */
function split(t: tf.Tensor, heads: number): tf.Tensor {
  const [batch, tokens, features] = t.shape as [number, number, number];
  return tf.transpose(tf.reshape(t, [batch, tokens, heads, features / heads]), [0, 2, 1, 3]);
}

function merge(t: tf.Tensor): tf.Tensor {
  const [batch, heads, tokens, size] = t.shape as [number, number, number, number];
  return tf.reshape(tf.transpose(t, [0, 2, 1, 3]), [batch, tokens, heads * size]);
}

// Finite, because the softmax of a row of −∞ is NaN.
const MASKED_SCORE = -1e9;

function maskedSoftmax(
  scores: tf.Tensor,
  { keys, pairs, causal = false, masksDiagonal = false }: AttentionMask,
): tf.Tensor {
  const [batch, , queries, tokens] = scores.shape as [number, number, number, number];
  const byValue = [...(keys ? [tf.reshape(keys, [batch, 1, 1, tokens])] : []), ...(pairs ? [pairs] : [])];
  const byPlace = [
    ...(masksDiagonal ? [tf.equal(tf.eye(queries, tokens), 0)] : []),
    ...(causal ? [noLaterThan(queries, tokens)] : []),
  ].map((allowed) => tf.reshape(allowed, [1, 1, queries, tokens]));
  if (byValue.length + byPlace.length === 0) return softmax(scores);
  const allowed = [...byValue.map((mask) => tf.notEqual(mask, 0)), ...byPlace].reduce((both, one) =>
    tf.logicalAnd(both, one),
  );
  const everywhere = tf.broadcastTo(allowed, scores.shape);
  const weights = softmax(tf.where(everywhere, scores, tf.fill(scores.shape, MASKED_SCORE)));
  if (byValue.length === 0) return weights;
  // If all keys are masked, softmax gives them equal weights, so the weights are masked too. NaN in a mask stays.
  return [...byValue, ...byPlace.map((mask) => tf.cast(mask, 'float32'))].reduce(
    (masked, mask) => tf.mul(masked, mask),
    weights,
  );
}

/** Whether the key is not later than the query, [queries, keys]; the last query is at the last key. */
function noLaterThan(queries: number, keys: number): tf.Tensor {
  const places = (from: number, to: number) => tf.range(from, to, 1, 'int32');
  return tf.lessEqual(tf.expandDims(places(0, keys), 0), tf.expandDims(places(keys - queries, keys), 1));
}

const softmaxGradient = (dy: tf.Tensor, y: tf.Tensor): tf.Tensor =>
  fused('SoftmaxGrad', { dy, y }, {}, () => [tf.mul(y, tf.sub(dy, tf.sum(tf.mul(dy, y), -1, true)))])[0]!;
