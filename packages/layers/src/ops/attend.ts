import { softmax } from '@tenfold/activations';
import * as tf from '@tensorflow/tfjs-core';
import { hasKernels, runKernel, withGradient } from './with-gradient';

/**
 * Scaled dot-product attention of several heads, with the exact gradient.
 *
 * Per head: P = softmax(Q·Kᵀ/√d), Y = P·V;
 * dV = Pᵀ·dY, dP = dY·Vᵀ, dS = P∘(dP − rowsum(dP∘P)), dQ = dS·K/√d, dK = dSᵀ·Q/√d
 *
 * One rule for all of it keeps four tensors; taped operations would keep twice as many, scores and their gradients among
 * them until the backward pass is over.
 *
 * Runs the kernels `Attention` and `AttentionGrad` where the backend has them; they keep no scores at all.
 *
 * @param query Q, and key K and value V: [batch, tokens, heads·d]
 * @returns [batch, tokens, heads·d]
 */
export function attend(query: tf.Tensor, key: tf.Tensor, value: tf.Tensor, heads: number): tf.Tensor {
  const attention = hasKernels('Attention', 'AttentionGrad') ? attendFused : attendComposed;
  return attention(query, key, value, heads);
}

function attendFused(query: tf.Tensor, key: tf.Tensor, value: tf.Tensor, heads: number): tf.Tensor {
  const scale = 1 / Math.sqrt(query.shape[2]! / heads);
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

function attendComposed(query: tf.Tensor, key: tf.Tensor, value: tf.Tensor, heads: number): tf.Tensor {
  const [batch, tokens, features] = query.shape as [number, number, number];
  const size = features / heads;
  const split = (t: tf.Tensor) => tf.transpose(tf.reshape(t, [batch, tokens, heads, size]), [0, 2, 1, 3]);
  const merge = (t: tf.Tensor) => tf.reshape(tf.transpose(t, [0, 2, 1, 3]), [batch, tokens, features]);
  const scale = 1 / Math.sqrt(size);
  return withGradient([query, key, value], {
    forward() {
      const [q, k, v] = [tf.mul(split(query), scale), split(key), split(value)];
      const weights = softmax(tf.matMul(q, k, false, true));
      return { value: merge(tf.matMul(weights, v)), saved: [q, k, v, weights] };
    },
    backward(dy, saved) {
      const [q, k, v, weights] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
      const dmixed = split(dy);
      const dscores = softmaxGradient(tf.matMul(dmixed, v, false, true), weights);
      const dq = tf.mul(merge(tf.matMul(dscores, k)), scale);
      return [dq, merge(tf.matMul(dscores, q, true)), merge(tf.matMul(weights, dmixed, true))];
    },
  });
}

function softmaxGradient(dy: tf.Tensor, y: tf.Tensor): tf.Tensor {
  if (hasKernels('SoftmaxGrad')) return tf.engine().runKernel('SoftmaxGrad', { dy, y }, {}) as tf.Tensor;
  return tf.mul(y, tf.sub(dy, tf.sum(tf.mul(dy, y), -1, true)));
}
