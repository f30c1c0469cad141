import * as tf from '@tensorflow/tfjs-core';
import { constant } from '../math';

/** The logarithm of a probability of 0: finite, so that differences and products with 0 are numbers. */
export const LEAST = -1e30;

/** The states of the alignments: the labels with a blank before, between and after them, s = 0 … 2·labels. */
export interface Alignment {
  /** The class of each state, [batch, states, classes]. */
  oneHot: tf.Tensor;
  /** Where a path may come from two states before, [batch, states]: to a label that differs from the one before. */
  skips: tf.Tensor;
  /** Where a path may end, [batch, states]: in the last label and the blank after it. */
  ends: tf.Tensor;
  /** The steps of each input that count, [batch, steps]. */
  isInput: tf.Tensor;
}

/** The states of sequences, and which sequences are valid, [batch]. */
export function align(
  labels: tf.Tensor,
  labelLengths: tf.Tensor,
  inputLengths: tf.Tensor,
  { blank, classes, steps }: { blank: number; classes: number; steps: number },
): Alignment & { isValid: tf.Tensor } {
  const [batch, most] = labels.shape as [number, number];
  const column = (x: tf.Tensor) => tf.expandDims(x, -1);
  const both = tf.logicalAnd;
  const isWhole = (x: tf.Tensor, low: number, high: number) =>
    both(tf.equal(tf.floor(x), x), both(tf.greaterEqual(x, low), tf.lessEqual(x, high)));
  const lengthsFit = both(isWhole(labelLengths, 0, most), isWhole(inputLengths, 1, steps));
  const states = tf.range(0, 2 * most + 1);
  const behind = tf.sub(column(tf.mul(labelLengths, 2)), states);
  const ends = both(tf.greaterEqual(behind, 0), tf.lessEqual(behind, 1));
  const isInput = tf.less(tf.range(0, steps), column(inputLengths));
  const blanks = tf.fill([batch, 1], blank);
  if (most === 0) {
    return {
      oneHot: classesOf(blanks, classes),
      skips: tf.zeros([batch, 1], 'bool'),
      ends,
      isInput,
      isValid: lengthsFit,
    };
  }
  const isCounted = tf.less(tf.range(0, most), column(labelLengths));
  const isLabel = both(isWhole(labels, 0, classes - 1), tf.notEqual(labels, blank));
  const isWrong = both(isCounted, tf.logicalNot(isLabel));
  const y = tf.where(both(isCounted, isLabel), labels, tf.fill(labels.shape, blank));
  const extended = tf.concat([blanks, interleave(y, tf.fill(y.shape, blank))], 1);
  // The first label has none before it; −1 is no class.
  const before = tf.concat([tf.fill([batch, 1], -1), tf.slice(y, [0, 0], [batch, most - 1])], 1);
  const differs = both(tf.notEqual(y, before), tf.greater(tf.range(0, most), 0));
  const skips = tf.concat(
    [tf.zeros([batch, 1]), interleave(tf.cast(differs, 'float32'), tf.zerosLike(y))],
    1,
  );
  return {
    oneHot: classesOf(extended, classes),
    skips: tf.greater(skips, 0),
    ends,
    isInput,
    isValid: both(lengthsFit, tf.logicalNot(tf.any(isWrong, 1))),
  };
}

/** [a₀, b₀, a₁, b₁, …] of the columns. */
const interleave = (a: tf.Tensor, b: tf.Tensor): tf.Tensor =>
  tf.reshape(tf.stack([a, b], 2), [a.shape[0]!, 2 * a.shape[1]!]);

const classesOf = (indices: tf.Tensor, classes: number): tf.Tensor =>
  tf.cast(tf.equal(tf.expandDims(indices, -1), tf.range(0, classes)), 'float32');

/** αₜ(s) of the emissions [batch, steps, states]: the log-probability of all beginnings of paths that are in state s at step t. */
export function forward(emissions: tf.Tensor, { skips, isInput }: Alignment): tf.Tensor {
  const states = emissions.shape[2]!;
  const starts = tf.greater(tf.range(0, states), 1);
  const [first, ...others] = tf.unstack(emissions, 1);
  const isUsed = tf.unstack(isInput, 1);
  const alphas = [tf.add(first!, tf.mul(tf.cast(starts, 'float32'), LEAST))];
  for (const [i, emission] of others.entries()) {
    const last = alphas[i]!;
    const two = tf.where(skips, shift(last, 2), tf.fill(last.shape, LEAST));
    const next = tf.add(logSum(last, shift(last, 1), two), emission);
    alphas.push(tf.where(tf.expandDims(isUsed[i + 1]!, -1), next, last));
  }
  return tf.stack(alphas, 1);
}

/** βₜ(s): the log-probability of all ends of paths that are in state s at step t, after this step. */
export function backward(emissions: tf.Tensor, { skips, ends, isInput }: Alignment): tf.Tensor {
  const steps = tf.unstack(emissions, 1);
  const isUsed = tf.unstack(isInput, 1);
  const none = tf.fill(ends.shape, LEAST);
  // A state may skip the next one where the state after that may be reached so.
  const maySkip = tf.greater(shift(tf.cast(skips, 'float32'), -2, 0), 0);
  const betas = [tf.where(ends, tf.zerosLike(none), none)];
  for (let t = steps.length - 1; t > 0; t--) {
    const last = betas[0]!;
    const after = tf.add(last, steps[t]!);
    const next = logSum(after, shift(after, -1), tf.where(maySkip, shift(after, -2), none));
    betas.unshift(tf.where(tf.expandDims(isUsed[t]!, -1), next, last));
  }
  return tf.stack(betas, 1);
}

/** The log-probability of the labels, from the α of the last step. */
export function total(alphas: tf.Tensor, { ends }: Alignment): tf.Tensor {
  const [batch, steps, states] = alphas.shape as [number, number, number];
  const last = tf.reshape(tf.slice(alphas, [0, steps - 1, 0], [batch, 1, states]), [batch, states]);
  const ofEnds = tf.where(ends, last, tf.fill(last.shape, -3e38));
  const largest = constant(ofEnds, (x) => tf.max(x, 1, true));
  const sum = tf.sum(tf.exp(tf.sub(ofEnds, largest)), 1);
  return tf.add(tf.squeeze(largest, [1]), tf.log(sum));
}

/** The columns moved by a number of places to the right, or to the left if it is negative, with a value for those that come in. */
function shift(x: tf.Tensor, by: number, value = LEAST): tf.Tensor {
  const [batch, states] = x.shape as [number, number];
  const kept = states - Math.abs(by);
  if (kept <= 0) return tf.fill([batch, states], value);
  const part = tf.slice(x, [0, by > 0 ? 0 : -by], [batch, kept]);
  const pad: [number, number] = by > 0 ? [by, 0] : [0, -by];
  return tf.pad(part, [[0, 0], pad], value);
}

/** log(e^a + e^b + e^c). */
function logSum(a: tf.Tensor, b: tf.Tensor, c: tf.Tensor): tf.Tensor {
  const largest = constant(a, () => tf.maximum(tf.maximum(a, b), c));
  const power = (x: tf.Tensor) => tf.exp(tf.sub(x, largest));
  return tf.add(largest, tf.log(tf.add(power(a), tf.add(power(b), power(c)))));
}
