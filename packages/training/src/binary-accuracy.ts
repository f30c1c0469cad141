import { assertOptions, finite } from '@tenfold/checks';
import { floatTensor } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';

export interface BinaryAccuracyOptions {
  /** The score above which an example counts as 1: 0 by default, for logits. Use 0.5 for probabilities. */
  threshold?: number;
}

/**
 * The fraction of examples whose score is on the correct side of a threshold, in [0, 1].
 *
 * It is NaN if a label is neither 0 nor 1, or a score is NaN.
 *
 * @param labels 0 or 1, [batch] or [batch, 1]
 * @param predictions logits [batch] or [batch, 1], or probabilities with the threshold 0.5
 * @throws when the numbers of labels and scores differ
 * @example
 * binaryAccuracy([1, 0], [[2.5], [-1]]); // 1
 * const metrics = { accuracy: (y, p) => binaryAccuracy(y, p, { threshold: 0.5 }) };
 */
export function binaryAccuracy(
  labels: tf.Tensor | tf.TensorLike,
  predictions: tf.Tensor | tf.TensorLike,
  options: BinaryAccuracyOptions = {},
): tf.Scalar {
  assertOptions('binaryAccuracy', options, { threshold: finite });
  const { threshold = 0 } = options;
  return tf.tidy(() => {
    const y = floatTensor('binaryAccuracy', 'labels', labels);
    const scores = floatTensor('binaryAccuracy', 'predictions', predictions);
    const column = (shape: number[]) => (shape.length > 1 && shape.at(-1) === 1 ? shape.slice(0, -1) : shape);
    if (scores.rank === 0 || column(y.shape).join() !== column(scores.shape).join()) {
      throw new Error(
        `binaryAccuracy: predictions have shape [${scores.shape}] but labels have shape [${y.shape}]; give one score and one label for each example`,
      );
    }
    const [flat, flatScores] = [tf.reshape(y, [-1]), tf.reshape(scores, [-1])];
    const isLabel = tf.logicalOr(tf.equal(flat, 0), tf.equal(flat, 1));
    const hits = tf.equal(tf.cast(tf.greater(flatScores, threshold), 'float32'), flat);
    const isRight = tf.logicalAnd(isLabel, tf.logicalNot(tf.isNaN(flatScores)));
    return tf.mean(tf.where(isRight, tf.cast(hits, 'float32'), tf.fill([], Number.NaN))) as tf.Scalar;
  });
}
