import { between } from '@tenfold/checks';
import type { Input } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { mixedSigns } from '../domain';
import { createLoss, type Loss } from '../loss';
import { mixOfSigns } from '../math';
import { preparePairs, type Two } from '../parts';
import { cosine } from '../vectors';
import type { ReductionOptions } from '../weighting';

export interface CosineEmbeddingOptions extends ReductionOptions {
  /** m in [−1, 1], the cosine up to which a dissimilar pair has no loss; 0 by default. */
  margin?: number;
}

/**
 * Cosine embedding loss of pairs: similar vectors are to have the same direction, dissimilar ones a cosine below a margin.
 *
 * l = ½·(1 + y)·(1 − cos) + ½·(1 − y)·max(cos − m, 0), cos = Σⱼ aⱼ·bⱼ / (‖a‖·‖b‖)
 *
 * So it is 1 − cos for the label 1 and max(cos − m, 0) for −1. The cosine of a vector of zeros is 0.
 *
 * @param labels y: [batch, …], 1 for similar and −1 for dissimilar pairs; for 0 and numbers outside [−1, 1] the loss is NaN
 * @param predictions [a, b]: two tensors [batch, …, features]
 * @returns a scalar, or [batch, …] for the reduction 'none'; from 0 to 2
 * @throws when the shapes do not fit, predictions are not two tensors, margin is outside [−1, 1], or the weights do not fit
 * @example
 * cosineEmbedding([1, -1], [[[3, 4], [3, 4]], [[1, 0], [1, 0]]]); // (0.4 + 0.6) / 2 = 0.5
 * @see PyTorch, https://pytorch.org/docs/stable/generated/torch.nn.CosineEmbeddingLoss.html
 */
export const cosineEmbedding: Loss<CosineEmbeddingOptions, Input, Two> = /* @__PURE__ */ createLoss<
  CosineEmbeddingOptions,
  Input,
  Two
>({
  name: 'cosineEmbedding',
  prepare: (labels, predictions) => preparePairs('cosineEmbedding', labels, predictions),
  formula: ([y], [a, b], { margin = 0 }) => {
    const similarity = cosine(a!, b!);
    return mixOfSigns(y!, tf.sub(1, similarity), tf.relu(tf.sub(similarity, margin)));
  },
  kinds: { margin: between(-1, 1) },
  domain: { labels: mixedSigns },
});
