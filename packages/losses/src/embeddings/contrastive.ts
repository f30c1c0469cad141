import { positive } from '@tenfold/checks';
import type { Input } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { mixedSigns } from '../domain';
import { createLoss, type Loss } from '../loss';
import { mixOfSigns } from '../math';
import { preparePairs, type Two } from '../parts';
import { lengths } from '../vectors';
import type { ReductionOptions } from '../weighting';

export interface ContrastiveOptions extends ReductionOptions {
  /** m > 0, the distance from which on a dissimilar pair has no loss; 1 by default. */
  margin?: number;
}

/**
 * Contrastive loss of pairs of embeddings: similar ones are drawn together, dissimilar ones are pushed apart up to a margin.
 *
 * l = ½·d² for the label 1 and ½·max(m − d, 0)² for −1, d = ‖a − b‖; a dissimilar pair at the distance 0 has no gradient
 *
 * A label between −1 and 1 mixes the two. Programs disagree on which of 0 and 1 means similar (the paper: 0); so 0 is refused, and 1
 * means similar as in `cosineEmbedding` and `hingeEmbedding`.
 *
 * @param labels y: [batch, …], 1 for similar and −1 for dissimilar pairs; for 0 and numbers outside [−1, 1] the loss is NaN
 * @param predictions [a, b]: two tensors [batch, …, features]
 * @returns a scalar, or [batch, …] for the reduction 'none'; ≥ 0
 * @throws when the shapes do not fit, predictions are not two tensors, margin is not positive, or the weights do not fit
 * @example
 * contrastive([1, -1], [[[3, 4], [0.3, 0.4]], [[0, 0], [0, 0]]]); // (12.5 + 0.125) / 2 = 6.3125
 * @see Hadsell, Chopra, LeCun, "Dimensionality Reduction by Learning an Invariant Mapping", 2006,
 * https://doi.org/10.1109/CVPR.2006.100, section 2.1
 */
export const contrastive: Loss<ContrastiveOptions, Input, Two> = /* @__PURE__ */ createLoss<
  ContrastiveOptions,
  Input,
  Two
>({
  name: 'contrastive',
  prepare: (labels, predictions) => preparePairs('contrastive', labels, predictions),
  formula: ([y], [a, b], { margin = 1 }) => {
    const difference = tf.sub(a!, b!);
    const near = tf.sum(tf.square(difference), -1);
    const far = tf.square(tf.relu(tf.sub(margin, lengths(difference))));
    return tf.mul(mixOfSigns(y!, near, far), 0.5);
  },
  kinds: { margin: positive },
  domain: { labels: mixedSigns },
});
