import { flag } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { meanOf } from '../mean';
import { defineMetric, type Metric } from '../metric';
import { type ClassOptions, classKinds, isBinary, probabilitiesOnly, readBinary } from '../read-classes';
import { crossEntropies, SMALLEST } from './losses';

export interface FromLogitsOptions {
  /** Whether predictions are logits, of which the softmax is taken, or the sigmoid of one; false by default. */
  fromLogits?: boolean;
}

export interface LogLossOptions extends ClassOptions, FromLogitsOptions {}

/**
 * Log loss: the mean cross-entropy of labels and predicted probabilities, in nats.
 *
 * l = −Σ wᵢ·Σₖ yᵢₖ·log max(pᵢₖ, ε) / Σ wᵢ, ≥ 0, ε = 1e-7; without ε from logits
 *
 * @param labels y: class indices [batch, …] or probabilities [batch, …, classes]; for one probability per example 0 or 1
 * @param predictions p: probabilities [batch, …, classes], or of label 1, [batch] or [batch, 1]; logits with `fromLogits`
 * @returns NaN if a label is not a class, a prediction is not a probability, or there is no example
 * @throws when the shapes do not fit
 * @example
 * await logLoss([0, 1], [[0.5, 0.5], [0.25, 0.75]]); // (log 2 + log 4/3) / 2 = 0.4904
 * await logLoss([1, 0], [2, -1], { fromLogits: true }); // 0.2201
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.log_loss.html
 */
export const logLoss: Metric<LogLossOptions> = /* @__PURE__ */ defineMetric({
  name: 'logLoss',
  kinds: { fromLogits: flag, ...classKinds },
  measure(labels, predictions, options: LogLossOptions) {
    if (!isBinary('logLoss', labels, predictions)) {
      return crossEntropies('logLoss', labels, predictions, options);
    }
    const { label, score } = readBinary('logLoss', labels, predictions);
    if (options.fromLogits) {
      const sign = tf.sub(1, tf.mul(2, label));
      return { columns: [label, tf.softplus(tf.mul(sign, score))] };
    }
    const p = probabilitiesOnly(score);
    const right = tf.where(tf.equal(label, 1), p, tf.sub(1, p));
    return { columns: [label, tf.neg(tf.log(tf.maximum(right, SMALLEST)))] };
  },
  .../* @__PURE__ */ meanOf(([, loss], i) => loss![i]!),
});
