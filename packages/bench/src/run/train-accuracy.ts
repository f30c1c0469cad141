import { accuracy, type Metric } from '@tenfold/training';
import * as tf from '@tensorflow/tfjs-core';

/** The share of images whose highest score is at the label; for mixed images, at the label with the largest share. */
export const trainAccuracy: Metric = (labels, predictions) =>
  tf.tidy(() => accuracy(labels.rank === 2 ? tf.argMax(labels, 1) : labels, predictions));
