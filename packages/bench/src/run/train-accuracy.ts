import { accuracy, type Metric } from '@tenfold/training';
import * as tf from '@tensorflow/tfjs-core';

/** The share of images whose highest score is at the label, of mixed images at the label that has most of them. */
export const trainAccuracy: Metric = (labels, predictions) =>
  tf.tidy(() => accuracy(labels.rank === 2 ? tf.argMax(labels, 1) : labels, predictions));
