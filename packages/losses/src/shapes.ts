import { show } from '@tenfold/checks';
import { floatTensor, type Input, toTensor } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';

/** Labels and predictions. */
export type Pair = [labels: tf.Tensor, predictions: tf.Tensor];

/** Converts labels and predictions to float32 and checks that they have the same shape. */
export function sameShape(
  name: string,
  labels: Input,
  predictions: Input,
  called = 'predictions',
  hint = '',
): Pair {
  const [y, p] = [floatTensor(name, 'labels', labels), floatTensor(name, called, predictions)];
  if (y.shape.join() !== p.shape.join()) {
    const advice = oneAxisMore(y, p) ?? oneAxisMore(p, y, called) ?? `give both the same shape${hint}`;
    throw new Error(
      `${name}: ${called} have shape [${p.shape}] but labels have shape [${y.shape}]; ${advice}`,
    );
  }
  return [y, p];
}

/** What to do when only the last axis, of size 1, is missing: [n] against [n, 1]. */
function oneAxisMore(short: tf.Tensor, long: tf.Tensor, called?: string): string | undefined {
  if (`${[...short.shape, 1]}` !== `${long.shape}`) return undefined;
  const example = long.rank === 2 ? 'write labels as [[410.5], …], or ' : '';
  return called ? `reshape the ${called} to [${long.shape}]` : `${example}reshape them to [${long.shape}]`;
}

/** The advice for class indices where distributions are needed, of a loss that exists in both forms. */
const indicesHint = (name: string) =>
  /crossEntropy/i.test(name) ? `; for class indices use sparse${name[0]!.toUpperCase()}${name.slice(1)}` : '';

/** Converts labels and predictions [batch, …, classes] and checks that there are at least two classes. */
export function sameClasses(name: string, labels: Input, predictions: Input, called: string): Pair {
  const [y, p] = sameShape(name, labels, predictions, called, indicesHint(name));
  assertClasses(name, called, p);
  return [y, p];
}

/**
 * Converts class indices [batch, …] to one-hot labels [batch, …, classes]. An index out of range is an error in a number or
 * an array. In a tensor it gives labels of NaN, so that the loss and its gradient are NaN too.
 *
 * @param ignored a label whose examples do not count
 * @returns labels, predictions, and where examples count if a label is ignored
 */
export function classesAsOneHot(
  name: string,
  labels: Input,
  predictions: Input,
  called: string,
  ignored?: number,
): [...Pair, counted?: tf.Tensor] {
  const y = toTensor(name, 'labels', labels);
  const p = floatTensor(name, called, predictions);
  const expected = p.shape.slice(0, -1);
  if (p.rank < 1 || y.shape.join() !== expected.join()) {
    throw new Error(
      `${name}: ${called} have shape [${p.shape}] but labels have shape [${y.shape}]; ${adviceFor(name, called, y, p)}`,
    );
  }
  assertClasses(name, called, p);
  const classes = p.shape.at(-1)!;
  if (!(labels instanceof tf.Tensor)) assertIndices(name, labels, classes, ignored);
  const valid = oneHot(y, classes);
  return ignored === undefined ? [valid, p] : [valid, p, tf.notEqual(tf.cast(y, 'float32'), ignored)];
}

/** Converts labels, which are class indices [batch, …] or distributions [batch, …, classes] by their shape, and logits. */
export function indicesOrDistributions(
  name: string,
  labels: Input,
  predictions: Input,
  called = 'labels',
): Pair {
  const [y, z] = [toTensor(name, called, labels), floatTensor(name, 'logits', predictions)];
  if (y.rank === z.rank && y.shape.join() === z.shape.join()) {
    assertClasses(name, 'logits', z);
    return [tf.cast(y, 'float32'), z];
  }
  const [batch, classes] = [z.shape.slice(0, -1), z.shape.at(-1)!];
  if (z.rank === 0 || y.shape.join() !== batch.join()) {
    throw new Error(
      `${name}: logits have shape [${z.shape}] but ${called} have shape [${y.shape}]; give class indices of shape [${batch}], or distributions of shape [${z.shape}]`,
    );
  }
  assertClasses(name, 'logits', z);
  if (!(labels instanceof tf.Tensor)) assertIndices(name, labels, classes);
  return [oneHot(y, classes), z];
}

/** One-hot labels of class indices; NaN for an index out of range. */
function oneHot(indices: tf.Tensor, classes: number): tf.Tensor {
  const all = tf.range(0, classes, 1, 'float32');
  const found = tf.cast(tf.equal(tf.expandDims(tf.cast(indices, 'float32'), -1), all), 'float32');
  // Gives 1/1 and 0/1 for a valid class, and 0/0 for an invalid one.
  return tf.div(found, tf.sum(found, -1, true));
}

function adviceFor(name: string, called: string, labels: tf.Tensor, predictions: tf.Tensor): string {
  if (labels.rank > 0 && labels.shape.slice(0, -1).join() === predictions.shape.join()) {
    return `labels come first, then ${called}`;
  }
  const dense = name.replace('sparse', '').replace(/^./, (c) => c.toLowerCase());
  const same = labels.shape.join() === predictions.shape.join();
  return `give class indices of shape [${predictions.shape.slice(0, -1)}]${same && dense !== name ? `, or use ${dense}` : ''}`;
}

/** Converts labels and predictions [batch, …, labels] and checks that there is a label. */
export function sameLabels(name: string, labels: Input, predictions: Input, called: string): Pair {
  const [y, p] = sameShape(name, labels, predictions, called);
  if (p.rank > 0 && p.shape.at(-1)! > 0) return [y, p];
  throw new Error(
    `${name}: ${called} have shape [${p.shape}]; give [batch, …, labels] of at least one label`,
  );
}

/** Converts labels and predictions [batch, …, features] and checks that there is a feature. */
export function sameFeatures(name: string, labels: Input, predictions: Input, called: string): Pair {
  const [y, p] = sameShape(name, labels, predictions, called);
  assertFeatures(name, called, p);
  return [y, p];
}

/** Throws unless a tensor has an axis of features. */
export function assertFeatures(name: string, called: string, x: tf.Tensor): void {
  if (x.rank > 0 && x.shape.at(-1)! > 0) return;
  throw new Error(
    `${name}: ${called} have shape [${x.shape}]; give [batch, …, features] of at least one feature`,
  );
}

/** Throws unless a tensor has one vector for each example. */
export function assertRows(name: string, called: string, x: tf.Tensor): void {
  if (x.rank === 2 && x.shape[1]! > 0) return;
  throw new Error(
    `${name}: ${called} have shape [${x.shape}]; give [batch, features], one vector for each example`,
  );
}

/** Throws unless predictions have at least two classes. */
export function assertClasses(name: string, called: string, predictions: tf.Tensor): void {
  if (predictions.rank > 0 && predictions.shape.at(-1)! >= 2) return;
  const reason = predictions.shape.at(-1) === 1 ? ', and the only class always has probability 1' : '';
  throw new Error(
    `${name}: ${called} have shape [${predictions.shape}]${reason}; give [batch, …, classes] of at least two classes`,
  );
}

function assertIndices(name: string, labels: tf.TensorLike, classes: number, ignored?: number): void {
  const flat = tf.util.flatten(labels as number[]) as number[];
  const wrong = Array.from(flat, Number).find(
    (label) => label !== ignored && (!Number.isInteger(label) || label < 0 || label >= classes),
  );
  if (wrong === undefined) return;
  throw new Error(
    `${name}: labels have ${show(wrong)}; give class indices, integers from 0 to ${classes - 1}`,
  );
}
