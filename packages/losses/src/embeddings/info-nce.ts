import { flag, positive } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { createLoss, type Loss } from '../loss';
import { assertRows, sameFeatures } from '../shapes';
import { unitVectors } from '../vectors';
import type { ReductionOptions } from '../weighting';
import { logSoftmaxAmong } from './log-softmax-among';

export interface InfoNceOptions extends ReductionOptions {
  /** τ > 0, by which the cosines are divided; 0.1 by default. SimCLR uses 0.1 to 0.5, MoCo 0.07. */
  temperature?: number;
  /** Whether the loss is the mean of both directions, from predictions to labels and back, as in CLIP; false by default. */
  symmetric?: boolean;
}

/**
 * InfoNCE, the contrastive loss of a batch: each prediction is to find its own label among those of all examples.
 *
 * lᵢ = −log(e^sᵢᵢ / Σⱼ e^sᵢⱼ), sᵢⱼ = cos(pᵢ, yⱼ)/τ over the examples j of the batch
 *
 * Labels are embeddings as well, of another view, another network or another modality; the gradient flows to both. An example of
 * weight 0 is no negative of others either. For a model that returns two views, the loss of `fit` is `(_, [a, b]) => infoNce(b, a)`.
 * The NT-Xent loss of SimCLR, which takes negatives from both views, is `supervisedContrastive` with the same number for both views of an image.
 *
 * @param labels y: [batch, features], the embedding that belongs to each prediction
 * @param predictions p: [batch, features]
 * @returns a scalar, or [batch] for the reduction 'none'; in nats, ≥ 0; 0 for a batch of one
 * @throws when the shapes differ or are not [batch, features], temperature is not positive, or the weights do not fit
 * @example
 * infoNce([[1, 0], [0, 1]], [[1, 0], [0, 1]], { temperature: 1 }); // 0.3133
 * @see van den Oord, Li, Vinyals, "Representation Learning with Contrastive Predictive Coding", 2018,
 *   https://arxiv.org/abs/1807.03748, section 2.3; in a batch: Chen et al., "A Simple Framework for Contrastive Learning of Visual
 *   Representations", 2020, https://arxiv.org/abs/2002.05709; symmetric: Radford et al., 2021, https://arxiv.org/abs/2103.00020
 */
export const infoNce: Loss<InfoNceOptions> = /* @__PURE__ */ createLoss<InfoNceOptions>({
  name: 'infoNce',
  prepare: (labels, predictions) => {
    const [y, p] = sameFeatures('infoNce', labels, predictions, 'predictions');
    assertRows('infoNce', 'predictions', p);
    return { labels: [y], predictions: [p], shape: [p.shape[0]!] };
  },
  formula: ([y], [p], { temperature = 0.1, symmetric = false }, weights) => {
    const n = p!.shape[0]!;
    if (n === 0) return tf.sum(tf.mul(y!, p!), -1);
    const [labels, predictions] = [unitVectors(y!), unitVectors(p!)] as [tf.Tensor2D, tf.Tensor2D];
    const scores = tf.div(tf.matMul(predictions, labels, false, true), temperature) as tf.Tensor2D;
    const own = tf.eye(n);
    const counted = weights ? tf.notEqual(tf.reshape(weights, [1, n]), 0) : tf.ones([1, n], 'bool');
    // Each example is among its own candidates, so that a sum is never empty.
    const candidates = tf.logicalOr(counted, tf.cast(own, 'bool'));
    const missed = (scores: tf.Tensor) =>
      tf.neg(tf.sum(tf.mul(own, logSoftmaxAmong(scores, candidates)), -1));
    return symmetric ? tf.mul(tf.add(missed(scores), missed(tf.transpose(scores))), 0.5) : missed(scores);
  },
  kinds: { temperature: positive, symmetric: flag },
});
