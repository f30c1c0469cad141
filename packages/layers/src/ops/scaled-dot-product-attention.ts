import { softmax } from '@tenfold/activations';
import { fused, hasKernels, runKernel, withGradient } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';

export interface AttentionMask {
  /**
   * The keys to attend to, float32 [batch, keys]: 1 where attention is allowed, 0 where it is not, NaN for a weight of NaN. A query
   * without keys outputs zeros.
   */
  keys?: tf.Tensor | undefined;
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
 * @returns [batch, queries, heads·d]
 */
export function scaledDotProductAttention(
  query: tf.Tensor,
  key: tf.Tensor,
  value: tf.Tensor,
  heads: number,
  mask: AttentionMask = {},
): tf.Tensor {
  const scale = 1 / Math.sqrt(query.shape[2]! / heads);
  const isPlain = !mask.keys && !mask.masksDiagonal && query.shape[1] === key.shape[1];
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
): tf.Tensor {
  const scale = 1 / Math.sqrt(query.shape[2]! / heads);
  return tf.tidy(() =>
    maskedSoftmax(tf.matMul(tf.mul(split(query, heads), scale), split(key, heads), false, true), mask),
  );
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

function maskedSoftmax(scores: tf.Tensor, { keys, masksDiagonal = false }: AttentionMask): tf.Tensor {
  if (!keys && !masksDiagonal) return softmax(scores);
  const [batch, , queries, tokens] = scores.shape as [number, number, number, number];
  const shown = keys && tf.reshape(tf.cast(tf.notEqual(keys, 0), 'bool'), [batch, 1, 1, tokens]);
  const diagonal = masksDiagonal && tf.equal(tf.eye(queries, tokens), 0);
  const allowed = shown && diagonal ? tf.logicalAnd(shown, diagonal) : shown || (diagonal as tf.Tensor);
  const everywhere = tf.broadcastTo(
    tf.reshape(allowed, [...Array(4 - allowed.rank).fill(1), ...allowed.shape]),
    scores.shape,
  );
  const weights = softmax(tf.where(everywhere, scores, tf.fill(scores.shape, MASKED_SCORE)));
  // If all keys are masked, softmax gives them equal weights, so the weights are masked too.
  return keys ? tf.mul(weights, tf.reshape(keys, [batch, 1, 1, tokens])) : weights;
}

const softmaxGradient = (dy: tf.Tensor, y: tf.Tensor): tf.Tensor =>
  fused('SoftmaxGrad', { dy, y }, {}, () => [tf.mul(y, tf.sub(dy, tf.sum(tf.mul(dy, y), -1, true)))])[0]!;
