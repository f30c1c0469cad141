import * as tf from '@tensorflow/tfjs-core';

/** A figure of merit of one batch, averaged over the examples. */
export type Metric = (labels: tf.Tensor, predictions: tf.Tensor) => tf.Scalar;

/**
 * The share of examples whose highest score is at the labelled class, in [0, 1].
 *
 * @param labels class indices [batch, …]
 * @param predictions scores or probabilities [batch, …, classes]
 */
export function accuracy(labels: tf.Tensor, predictions: tf.Tensor): tf.Scalar {
  const expected = predictions.shape.slice(0, -1);
  if (labels.shape.join() !== expected.join()) {
    throw new Error(
      `accuracy: predictions have shape [${predictions.shape}] but labels have shape [${labels.shape}]; give class indices of shape [${expected}]`,
    );
  }
  return tf.tidy(() => {
    const hits = tf.equal(tf.argMax(predictions, -1), tf.cast(labels, 'int32'));
    return tf.mean(tf.cast(hits, 'float32')) as tf.Scalar;
  });
}
