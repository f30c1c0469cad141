import { floatTensor } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';

/**
 * The fraction of examples whose highest score is that of the labeled class, in [0, 1].
 *
 * It is NaN if a label is not a class (out of range, NaN or a fraction) or a score is NaN.
 *
 * @param labels class indices [batch, …], or probabilities [batch, …, classes], of which the largest gives the class
 * @param predictions scores or probabilities [batch, …, classes] for at least two classes
 * @throws when the shapes do not fit, or there is only one class; for one score per example, use `binaryAccuracy`
 * @example
 * accuracy([0, 1], [[2, 1], [3, 0]]); // 0.5
 */
export function accuracy(
  labels: tf.Tensor | tf.TensorLike,
  predictions: tf.Tensor | tf.TensorLike,
): tf.Scalar {
  return tf.tidy(() => {
    const y = floatTensor('accuracy', 'labels', labels);
    const scores = floatTensor('accuracy', 'predictions', predictions);
    const classes = scores.shape.at(-1) ?? 0;
    const expected = scores.shape.slice(0, -1);
    const areProbabilities = y.shape.join() === scores.shape.join() && scores.rank > 0;
    if (!areProbabilities && (y.shape.join() !== expected.join() || scores.rank === 0)) {
      const swapped = scores.shape.join() === y.shape.slice(0, -1).join() && y.rank > 0;
      throw new Error(
        `accuracy: predictions have shape [${scores.shape}] but labels have shape [${y.shape}]; ${
          swapped ? 'labels come first' : `give class indices of shape [${expected}]`
        }`,
      );
    }
    if (classes < 2) {
      throw new Error(
        `accuracy: predictions have shape [${scores.shape}]; give scores of at least two classes on the last axis, or use binaryAccuracy for one output`,
      );
    }
    const isClass = areProbabilities
      ? tf.greater(tf.max(y, -1), 0)
      : tf.logicalAnd(tf.logicalAnd(tf.greaterEqual(y, 0), tf.less(y, classes)), tf.equal(tf.floor(y), y));
    const target = areProbabilities ? tf.cast(tf.argMax(y, -1), 'float32') : y;
    const isNumber = tf.logicalNot(tf.any(tf.isNaN(scores), -1));
    const hits = tf.cast(tf.equal(tf.cast(tf.argMax(scores, -1), 'float32'), target), 'float32');
    return tf.mean(tf.where(tf.logicalAnd(isClass, isNumber), hits, tf.fill([], Number.NaN))) as tf.Scalar;
  });
}
