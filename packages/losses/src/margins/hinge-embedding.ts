import { finite } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { mixedSigns } from '../domain';
import { elementwiseLoss, type Loss } from '../loss';
import { mixOfSigns } from '../math';
import type { ReductionOptions } from '../weighting';

export interface HingeEmbeddingOptions extends ReductionOptions {
  /** m, the distance from which on a dissimilar pair has no loss; 1 by default. */
  margin?: number;
}

/**
 * Hinge embedding loss of distances: those of similar pairs are to be small, those of dissimilar pairs larger than a margin.
 *
 * lᵢ = ½·(1 + y)·x + ½·(1 − y)·max(m − x, 0): x for the label 1, max(m − x, 0) for −1
 *
 * A label between −1 and 1 mixes the two; PyTorch adds both for every label other than 1 and −1.
 *
 * @param labels y: any shape, 1 for similar and −1 for dissimilar pairs; for 0 and numbers outside [−1, 1] the loss is NaN
 * @param predictions x: the shape of the labels, distances
 * @returns a scalar, or the shape of the labels for the reduction 'none'; ≥ 0 for distances ≥ 0
 * @throws when the shapes differ, margin is not finite, or the weights do not fit
 * @example
 * hingeEmbedding([1, -1], [0.5, 0.25]); // (0.5 + 0.75) / 2 = 0.625
 * @see PyTorch, https://pytorch.org/docs/stable/generated/torch.nn.HingeEmbeddingLoss.html
 */
export const hingeEmbedding: Loss<HingeEmbeddingOptions> =
  /* @__PURE__ */ elementwiseLoss<HingeEmbeddingOptions>(
    'hingeEmbedding',
    (y, x, { margin = 1 }) => mixOfSigns(y, x, tf.relu(tf.sub(margin, x))),
    { margin: finite },
    { labels: mixedSigns },
  );
