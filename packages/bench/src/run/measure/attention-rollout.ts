import type { Model } from '@tenfold/layers';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Attention rollout: how much every token of the first block contributes to the mean of the tokens that is classified, if
 * each block passes on half of a token unchanged and half through its attention, averaged over the heads.
 *
 * R = Π_l (I + A_l)/2, last block first, A_l the mean over the heads of softmax(Q·Kᵀ/√d); a token's share is the mean of
 * its column
 *
 * @param images [n, height, width, channels], as the model sees them
 * @returns for each image the shares of the tokens, which sum to 1; null when the model has no attention
 * @see Abnar, Zuidema, "Quantifying Attention Flow in Transformers", 2020, https://arxiv.org/abs/2005.00928
 */
export async function attentionRollout(model: Model, images: tf.Tensor4D): Promise<Float32Array[] | null> {
  const parts = tf.tidy(() => {
    let rollout: tf.Tensor | undefined;
    model.apply(images, {
      training: false,
      record(name, { weights }) {
        if (name !== 'attention') return;
        const previous = rollout;
        // Kept, since it outlives the tidy scopes of the layers that call this.
        rollout = tf.keep(tf.tidy(() => flow(tf.mean(weights!, 1), previous)));
        previous?.dispose();
      },
    });
    const columns = rollout && tf.mean(rollout, 1);
    rollout?.dispose();
    return columns ?? tf.zeros([0, 0]);
  });
  const [count, tokens] = parts.shape as [number, number];
  const values = (await parts.data()) as Float32Array;
  parts.dispose();
  if (count === 0) return null;
  return Array.from({ length: count }, (_, i) => values.slice(i * tokens, (i + 1) * tokens));
}

function flow(weights: tf.Tensor, previous: tf.Tensor | undefined): tf.Tensor {
  const half = tf.div(tf.add(weights, tf.eye(weights.shape[1]!)), 2);
  return previous ? tf.matMul(half, previous) : half;
}
