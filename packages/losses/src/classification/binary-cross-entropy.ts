import { between } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { predictedProbabilities, probabilities } from '../domain';
import { elementwiseLoss, type Loss } from '../loss';
import type { ReductionOptions } from '../weighting';

export interface BinaryCrossEntropyOptions extends ReductionOptions {
  /** ε in (0, 0.5): probabilities are clipped to [ε, 1 − ε] before the logarithm; 1e-7 by default. */
  epsilon?: number;
}

/**
 * Cross-entropy of probabilities of two classes. Prefer `binaryCrossEntropyWithLogits`, whose gradient vanishes nowhere.
 *
 * lᵢ = −y·log p − (1 − y)·log(1 − p), p clipped to [ε, 1 − ε]; dp = (p − y) / (p·(1 − p)), 0 where p was clipped
 *
 * @param labels y: any shape, probabilities of the positive class in [0, 1]; for other values the loss is NaN
 * @param predictions p: the shape of the labels, probabilities in [0, 1]; for others, such as logits, the loss is NaN
 * @returns a scalar, or the shape of the labels for the reduction 'none'; in nats, ≥ 0
 * @throws when the shapes differ, epsilon is outside [1e-30, 0.5], or the weights do not fit
 * @example
 * binaryCrossEntropy([1, 0], [0.8, 0.4]); // (0.2231 + 0.5108) / 2 = 0.3670
 * @see Goodfellow, Bengio, Courville, "Deep Learning", 2016, section 6.2.2.2
 */
export const binaryCrossEntropy: Loss<BinaryCrossEntropyOptions> =
  /* @__PURE__ */ elementwiseLoss<BinaryCrossEntropyOptions>(
    'binaryCrossEntropy',
    (y, p, { epsilon = 1e-7 }) => {
      const clipped = tf.clipByValue(p, epsilon, 1 - epsilon);
      const positive = tf.mul(y, tf.log(clipped));
      return tf.neg(tf.add(positive, tf.mul(tf.sub(1, y), tf.log1p(tf.neg(clipped)))));
    },
    { epsilon: between(1e-30, 0.5) },
    { labels: probabilities, predictions: predictedProbabilities('binaryCrossEntropyWithLogits') },
  );
