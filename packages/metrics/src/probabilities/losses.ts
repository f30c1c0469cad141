import type { Input } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import type { Measured } from '../pack';
import { type ClassOptions, nanUnless, probabilitiesOnly, readClasses } from '../read-classes';

/** The smallest probability whose logarithm is taken, as in `crossEntropy` of `@tenfold/losses`. */
export const SMALLEST = 1e-7;

/** The cross-entropy of each example of several classes. */
export function crossEntropies(
  name: string,
  labels: Input,
  predictions: Input,
  { fromLogits = false, ...options }: ClassOptions & { fromLogits?: boolean },
): Measured {
  const { label, soft, scores, classes, counted } = readClasses(name, labels, predictions, options);
  const logarithms = fromLogits
    ? tf.logSoftmax(scores)
    : tf.log(tf.maximum(probabilitiesOnly(scores), SMALLEST));
  const target = soft
    ? probabilitiesOnly(soft)
    : tf.cast(tf.equal(tf.expandDims(label, -1), tf.range(0, classes, 1, 'float32')), 'float32');
  // 0·log 0 is 0.
  const terms = tf.where(tf.equal(target, 0), tf.zerosLike(logarithms), tf.mul(target, logarithms));
  const isValid = tf.logicalNot(tf.any(tf.isNaN(logarithms), -1));
  return { columns: [label, nanUnless(isValid, tf.neg(tf.sum(terms, -1)))], ...(counted && { counted }) };
}
