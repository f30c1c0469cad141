import { flag, nonNegative, oneOf, positive } from '@tenfold/checks';
import { floatTensor, type Input } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { createLoss, type Loss } from '../loss';
import { assertShape, readParts } from '../parts';
import { assertFeatures } from '../shapes';
import { lengths } from '../vectors';
import type { ReductionOptions } from '../weighting';

export interface TripletMarginOptions extends ReductionOptions {
  /** m > 0, by which the negative has to be farther away than the positive; 1 by default. */
  margin?: number;
  /** The norm of the distances, 1 or 2; 2 by default. */
  p?: 1 | 2;
  /** Added to each difference of features, as in PyTorch, so that no distance is 0; ≥ 0, 1e-6 by default. */
  epsilon?: number;
  /** Whether the distance of positive and negative counts where it is the smaller one; false by default. */
  swap?: boolean;
}

/** What anchors are compared with in `tripletMargin`, each in the shape of the anchors. */
export interface Triplet {
  /** Embeddings that are to be near the anchors, such as those of the same person. */
  positive: Input;
  /** Embeddings that are to be far from the anchors. */
  negative: Input;
}

/**
 * Triplet margin loss: an anchor is to be nearer to its positive than to its negative, by a margin.
 *
 * l = max(d(a, p) − d(a, n) + m, 0), d(x, y) = ‖x − y + ε‖; with `swap`, min(d(a, n), d(p, n)) in place of d(a, n)
 *
 * The gradient flows to all three. For a model that returns them together, the loss of `fit` is
 * `(_, { anchor, positive, negative }) => tripletMargin({ positive, negative }, anchor)`.
 *
 * @param labels { positive, negative }: p and n, each [batch, …, features]
 * @param predictions a: [batch, …, features], the anchors
 * @returns a scalar, or [batch, …] for the reduction 'none'; ≥ 0
 * @throws when the shapes differ, there is no axis of features, an option is out of range, or the weights do not fit
 * @example
 * tripletMargin({ positive: [[0, 3]], negative: [[0.5, 0]] }, [[0, 0]]); // 3 − 0.5 + 1 = 3.5
 * @see Schroff, Kalenichenko, Philbin, "FaceNet: A Unified Embedding for Face Recognition and Clustering", 2015,
 *   https://arxiv.org/abs/1503.03832, section 3.1; swap: Balntas et al., "Learning local feature descriptors with triplets", 2016
 */
export const tripletMargin: Loss<TripletMarginOptions, Triplet> = /* @__PURE__ */ createLoss<
  TripletMarginOptions,
  Triplet
>({
  name: 'tripletMargin',
  prepare: (labels, predictions) => {
    const { positive, negative } = readParts('tripletMargin', 'labels', labels, ['positive', 'negative']);
    const a = floatTensor('tripletMargin', 'predictions', predictions);
    const [p, n] = [
      floatTensor('tripletMargin', 'labels.positive', positive),
      floatTensor('tripletMargin', 'labels.negative', negative),
    ];
    assertFeatures('tripletMargin', 'predictions', a);
    assertShape('tripletMargin', ['labels.positive', p], ['predictions', a.shape]);
    assertShape('tripletMargin', ['labels.negative', n], ['predictions', a.shape]);
    return { labels: [p, n], predictions: [a], shape: a.shape.slice(0, -1) };
  },
  formula: ([p, n], [a], { margin = 1, p: norm = 2, epsilon = 1e-6, swap = false }) => {
    const distance = (x: tf.Tensor, y: tf.Tensor) => {
      const difference = tf.add(tf.sub(x, y), epsilon);
      return norm === 2 ? lengths(difference) : tf.sum(tf.abs(difference), -1);
    };
    const far = distance(a!, n!);
    const negative = swap ? tf.minimum(far, distance(p!, n!)) : far;
    return tf.relu(tf.add(tf.sub(distance(a!, p!), negative), margin));
  },
  kinds: { margin: positive, p: oneOf(1, 2), epsilon: nonNegative, swap: flag },
});
