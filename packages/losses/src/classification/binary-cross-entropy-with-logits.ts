import { positive, probability } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { probabilities } from '../domain';
import { elementwiseLoss, type Loss } from '../loss';
import { timesLog } from '../math';
import type { ReductionOptions } from '../weighting';

export interface BinaryCrossEntropyWithLogitsOptions extends ReductionOptions {
  /** Factor of the loss of positive labels, such as negatives / positives of unbalanced data; a positive number, 1 by default. */
  positiveWeight?: number;
  /** α in [0, 1]: labels become (1 − α)·y + α/2; 0 by default. */
  labelSmoothing?: number;
}

/**
 * Cross-entropy of the sigmoid of logits: for two classes, or for several labels that do not exclude each other.
 *
 * lᵢ = w·y·log(1 + e^(−x)) + (1 − y)·log(1 + e^x), w = positiveWeight; dx = (1 − y)·σ(x) − w·y·σ(−x)
 *
 * @param labels y: any shape, probabilities of the positive class in [0, 1]; for other values the loss is NaN
 * @param predictions x: the shape of the labels, logits in ℝ
 * @returns a scalar, or the shape of the labels for the reduction 'none'; in nats, ≥ 0
 * @throws when the shapes differ, an option is out of range, or the weights do not fit
 * @example
 * binaryCrossEntropyWithLogits([1, 0], [2, -1]); // (0.1269 + 0.3133) / 2 = 0.2201
 * @see Goodfellow, Bengio, Courville, "Deep Learning", 2016, section 6.2.2.2
 */
export const binaryCrossEntropyWithLogits: Loss<BinaryCrossEntropyWithLogitsOptions> =
  /* @__PURE__ */ elementwiseLoss<BinaryCrossEntropyWithLogitsOptions>(
    'binaryCrossEntropyWithLogits',
    (y, x, { positiveWeight = 1, labelSmoothing = 0 }) => {
      const labels = tf.add(tf.mul(y, 1 - labelSmoothing), labelSmoothing / 2);
      const positive = timesLog(tf.mul(labels, positiveWeight), tf.softplus(tf.neg(x)));
      return tf.add(positive, timesLog(tf.sub(1, labels), tf.softplus(x)));
    },
    { positiveWeight: positive, labelSmoothing: probability },
    { labels: probabilities },
  );
