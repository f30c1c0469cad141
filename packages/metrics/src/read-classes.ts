import { integer } from '@tenfold/checks';
import { floatTensor, type Input } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';

export interface ClassOptions {
  /** A label whose examples are ignored, such as the index of padding; none by default. */
  ignoreIndex?: number;
}

export const classKinds = { ignoreIndex: integer };

/** Labels and scores of several classes. */
export interface Classes {
  /** Class indices in float32, NaN where a label is not a class. */
  label: tf.Tensor;
  /** The labels as probabilities, if they were given so. */
  soft: tf.Tensor | undefined;
  /** Scores [batch, …, classes]. */
  scores: tf.Tensor;
  /** The number of classes. */
  classes: number;
  /** Which examples count. */
  counted?: tf.Tensor;
}

/** Reads labels, which are class indices [batch, …] or probabilities [batch, …, classes], and scores [batch, …, classes]. */
export function readClasses(
  name: string,
  labels: Input,
  predictions: Input,
  { ignoreIndex }: ClassOptions = {},
): Classes {
  const y = floatTensor(name, 'labels', labels);
  const scores = floatTensor(name, 'predictions', predictions);
  const classes = scores.shape.at(-1) ?? 0;
  const expected = scores.shape.slice(0, -1);
  const areProbabilities = y.shape.join() === scores.shape.join() && scores.rank > 0;
  if (!areProbabilities && (y.shape.join() !== expected.join() || scores.rank === 0)) {
    const swapped = scores.shape.join() === y.shape.slice(0, -1).join() && y.rank > 0;
    throw new Error(
      `${name}: predictions have shape [${scores.shape}] but labels have shape [${y.shape}]; ${
        swapped ? 'labels come first' : `give class indices of shape [${expected}]`
      }`,
    );
  }
  if (classes < 2 || scores.rank < 2) {
    const other = name === 'accuracy' ? ', or use binaryAccuracy for one output' : '';
    throw new Error(
      `${name}: predictions have shape [${scores.shape}]; give scores of at least two classes on the last axis, [batch, …, classes]${other}`,
    );
  }
  if (areProbabilities) {
    if (ignoreIndex !== undefined) {
      throw new Error(
        `${name}: ignoreIndex is ${ignoreIndex} but labels are probabilities, of shape [${y.shape}]; give class indices, or weights of 0`,
      );
    }
    const isLabel = isDistribution(y);
    return { label: nanUnless(isLabel, tf.argMax(y, -1)), soft: y, scores, classes };
  }
  const isClass = tf.logicalAnd(
    tf.logicalAnd(tf.greaterEqual(y, 0), tf.less(y, classes)),
    tf.equal(tf.floor(y), y),
  );
  const read = { label: nanUnless(isClass, y), soft: undefined, scores, classes };
  return ignoreIndex === undefined ? read : { ...read, counted: tf.notEqual(y, ignoreIndex) };
}

/** Whether the numbers along the last axis are probabilities whose sum is 1, up to what rounding and label smoothing in float32 leave. */
const isDistribution = (y: tf.Tensor): tf.Tensor =>
  tf.logicalAnd(
    tf.all(tf.logicalAnd(tf.greaterEqual(y, 0), tf.lessEqual(y, 1 + 1e-5)), -1),
    tf.lessEqual(tf.abs(tf.sub(tf.sum(y, -1), 1)), 1e-2),
  );

/** The class of the highest score, the first of equal ones; NaN if a score is NaN. */
export const predictedClass = (scores: tf.Tensor): tf.Tensor =>
  nanUnless(tf.logicalNot(tf.any(tf.isNaN(scores), -1)), tf.argMax(scores, -1));

/** Reads labels of 0 or 1 and one score per example, both [batch] or [batch, 1]. Other labels are NaN. */
export function readBinary(
  name: string,
  labels: Input,
  predictions: Input,
): { label: tf.Tensor; score: tf.Tensor } {
  const y = floatTensor(name, 'labels', labels);
  const scores = floatTensor(name, 'predictions', predictions);
  const column = (shape: number[]) => (shape.length > 1 && shape.at(-1) === 1 ? shape.slice(0, -1) : shape);
  const shape = column(scores.shape);
  if (scores.rank === 0 || column(y.shape).join() !== shape.join()) {
    throw new Error(
      `${name}: predictions have shape [${scores.shape}] but labels have shape [${y.shape}]; give one score and one label for each example`,
    );
  }
  const isLabel = tf.logicalOr(tf.equal(y, 0), tf.equal(y, 1));
  return { label: tf.reshape(nanUnless(isLabel, y), shape), score: tf.reshape(scores, shape) };
}

/**
 * The threshold of one score per example. There is no default: the right one for logits and that for probabilities give plausible
 * values for the other.
 *
 * @throws when it is left out
 */
export function requireThreshold(name: string, threshold: number | undefined): number {
  if (threshold !== undefined) return threshold;
  throw new Error(
    `${name}: threshold is missing, and there is one score per example; give threshold: 0 for logits, or threshold: 0.5 for probabilities`,
  );
}

/** Whether predictions are one score per example, [batch] or [batch, 1], and not scores of several classes. */
export function isBinary(name: string, labels: Input, predictions: Input): boolean {
  const { rank } = floatTensor(name, 'labels', labels);
  const scores = floatTensor(name, 'predictions', predictions);
  return scores.shape.at(-1) === 1 || (scores.rank === 1 && rank > 0);
}

/** The values where a condition holds, NaN elsewhere. */
export const nanUnless = (condition: tf.Tensor, values: tf.Tensor): tf.Tensor =>
  tf.where(condition, tf.cast(values, 'float32'), tf.fill(condition.shape, Number.NaN));

/** Probabilities, NaN for numbers outside [0, 1]. A softmax may exceed 1 by a rounding error. */
export const probabilitiesOnly = (p: tf.Tensor): tf.Tensor =>
  nanUnless(tf.logicalAnd(tf.greaterEqual(p, 0), tf.lessEqual(p, 1 + 1e-5)), p);
