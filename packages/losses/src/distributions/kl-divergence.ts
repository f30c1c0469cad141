import { flag } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { logProbabilities, probabilities } from '../domain';
import { createLoss, type Loss } from '../loss';
import { timesLog, timesOwnLog } from '../math';
import { sameClasses } from '../shapes';
import type { ReductionOptions } from '../weighting';

export interface KlDivergenceOptions extends ReductionOptions {
  /** Whether the labels are logarithms of probabilities as well; false by default. PyTorch calls it `log_target`. */
  logLabels?: boolean;
}

/**
 * Kullback–Leibler divergence of predicted log-probabilities from the distributions of the labels.
 *
 * l = Σₖ yₖ·(log yₖ − pₖ), or Σₖ e^yₖ·(yₖ − pₖ) for log-labels; dpₖ = −yₖ, dyₖ = log yₖ + 1 − pₖ, where log 0 is taken as −87.3
 *
 * Predictions are log-probabilities, as in PyTorch's `kl_div`: `tf.logSoftmax` of logits. The reduction 'mean' is the mean over the
 * examples, which PyTorch calls 'batchmean': its 'mean' divides by the number of classes too, and is no divergence.
 *
 * @param labels y: [batch, …, classes], probabilities in [0, 1] that sum to 1 along the last axis, or their logarithms; for other
 *   values the loss is NaN
 * @param predictions p: the shape of the labels, logarithms of probabilities, at most 0; for others, such as logits, the loss is NaN
 * @returns a scalar, or [batch, …] for the reduction 'none'; in nats, ≥ 0, or ∞ where a probability of 0 is predicted for a class
 *   that has one
 * @throws when the shapes differ, there are fewer than two classes, or the weights do not fit
 * @example
 * klDivergence([[0.5, 0.5]], [[Math.log(0.25), Math.log(0.75)]]); // 0.1438
 * @see Kullback, Leibler, "On Information and Sufficiency", 1951, https://doi.org/10.1214/aoms/1177729694
 */
export const klDivergence: Loss<KlDivergenceOptions> = /* @__PURE__ */ createLoss<KlDivergenceOptions>({
  name: 'klDivergence',
  prepare: (labels, predictions, { logLabels }) => {
    const [y, p] = sameClasses('klDivergence', labels, predictions, 'predictions');
    const range = logLabels ? logProbabilities : probabilities;
    return { labels: [y], predictions: [p], shape: p.shape.slice(0, -1), range };
  },
  formula: ([y], [p], { logLabels = false }) =>
    logLabels ? divergence(y!, p!) : tf.sum(tf.sub(timesOwnLog(y!), timesLog(y!, p!)), -1),
  kinds: { logLabels: flag },
  domain: { labels: probabilities, predictions: logProbabilities },
});

/** Σₖ e^yₖ·(yₖ − pₖ) of log-probabilities; a class of probability 0 adds 0. */
export function divergence(logLabels: tf.Tensor, logPredictions: tf.Tensor): tf.Tensor {
  const y = tf.exp(logLabels);
  return tf.sum(tf.sub(timesLog(y, logLabels), timesLog(y, logPredictions)), -1);
}
