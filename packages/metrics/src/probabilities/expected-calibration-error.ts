import { count, flag } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { defineMetric, type Metric } from '../metric';
import {
  type ClassOptions,
  classKinds,
  isBinary,
  predictedClass,
  probabilitiesOnly,
  readBinary,
  readClasses,
} from '../read-classes';
import type { FromLogitsOptions } from './log-loss';

export interface ExpectedCalibrationErrorOptions extends ClassOptions, FromLogitsOptions {
  /** The number of bins of equal width, 15 by default. */
  bins?: number;
}

/** The weight, the confidence and the accuracy of the examples in each bin, the last two as sums. */
type Bins = readonly (readonly [weight: number, confidence: number, right: number])[];

/**
 * Expected calibration error: how far the probability of the predicted class is from the fraction of predictions that are right.
 *
 * ECE = Σ_b (w_b/w)·|accuracy_b − confidence_b| over bins of the confidence, the largest probability, of equal width that include their upper bounds; in [0, 1]
 *
 * @param labels class indices [batch, …], or probabilities [batch, …, classes], of which the largest gives the class; for one
 *   probability per example 0 or 1
 * @param predictions probabilities [batch, …, classes], or of label 1, [batch] or [batch, 1]; logits with `fromLogits`
 * @returns NaN if a label is not a class, a prediction is not a probability, or there is no example
 * @throws when the shapes do not fit
 * @example
 * await expectedCalibrationError([0, 1], [[0.9, 0.1], [0.6, 0.4]]); // (|1 − 0.9| + |0 − 0.6|) / 2 = 0.35
 * @see Guo, Pleiss, Sun, Weinberger, "On Calibration of Modern Neural Networks", 2017, https://arxiv.org/abs/1706.04599, equation 3
 */
export const expectedCalibrationError: Metric<ExpectedCalibrationErrorOptions> = /* @__PURE__ */ defineMetric(
  {
    name: 'expectedCalibrationError',
    kinds: { bins: count, fromLogits: flag, ...classKinds },
    measure(
      labels,
      predictions,
      { bins: _, fromLogits = false, ...options }: ExpectedCalibrationErrorOptions,
    ) {
      const name = 'expectedCalibrationError';
      if (isBinary(name, labels, predictions)) {
        const { label, score } = readBinary(name, labels, predictions);
        const p = fromLogits ? tf.sigmoid(score) : probabilitiesOnly(score);
        return { columns: [label, tf.greater(p, 0.5), tf.maximum(p, tf.sub(1, p))] };
      }
      const { label, scores, counted } = readClasses(name, labels, predictions, options);
      const p = fromLogits ? tf.softmax(scores) : probabilitiesOnly(scores);
      return { columns: [label, predictedClass(p), tf.max(p, -1)], ...(counted && { counted }) };
    },
    start: [] as Bins,
    add(old, { columns: [label, predicted, confidence], weights }, { bins: size = 15 }) {
      const bins = Array.from(
        { length: size },
        (_, b) => [...(old[b] ?? [0, 0, 0])] as [number, number, number],
      );
      for (let i = 0; i < weights.length; i++) {
        // A softmax in float32 may exceed 1.
        const p = Math.min(1, confidence![i]!);
        const bin = bins[Math.max(0, Math.ceil(p * size) - 1)]!;
        bin[0] += weights[i]!;
        bin[1] += weights[i]! * p;
        if (label![i] === predicted![i]) bin[2] += weights[i]!;
      }
      return bins as Bins;
    },
    result(bins) {
      const gaps = bins.map(([, confidence, right]) => Math.abs(right - confidence));
      return gaps.reduce((sum, gap) => sum + gap, 0) / bins.reduce((sum, [weight]) => sum + weight, 0);
    },
  },
);
