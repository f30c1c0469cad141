import type { Kind } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';

/** The numbers that a loss takes: the kind of one number for explanations, and the same condition on a tensor. */
export interface Range extends Kind {
  /** Where a tensor is in range; elsewhere the loss is NaN. Left out where the formula itself gives NaN. */
  holds?(x: tf.Tensor): tf.Tensor;
  /** A number in the range, which replaces what examples of weight 0 hold; one half where it is left out. */
  inside?: number;
}

/** The labels and predictions of a loss with its default options; all finite numbers where it is left out. */
export interface Domain {
  labels?: Range;
  predictions?: Range;
}

const range = (expected: string, accepts: (x: number) => boolean, holds?: Range['holds']): Range => ({
  expected,
  accepts: (x) => typeof x === 'number' && accepts(x),
  ...(holds && { holds }),
});

// A softmax may exceed 1 by a rounding error.
const MOST = 1 + 1e-5;

/** Probabilities. */
export const probabilities = range(
  'probabilities in [0, 1]',
  (x) => x >= 0 && x <= MOST,
  (x) => tf.logicalAnd(tf.greaterEqual(x, 0), tf.lessEqual(x, MOST)),
);

/** Probabilities of a network, which may output logits by mistake. @param variant the loss for these */
export const predictedProbabilities = (variant: string): Range => ({
  ...probabilities,
  expected: `probabilities in [0, 1]; for logits use ${variant}`,
});

/** Labels of −1 and 1; 0 stands for a class in other losses. */
export const signs = range(
  '−1 and 1; convert 0 and 1 by 2·y − 1',
  (x) => x !== 0,
  (x) => tf.notEqual(x, 0),
);

/** Labels from −1 to 1 but 0, which stands for a class in other losses: between two outcomes, a label mixes their losses. */
export const mixedSigns = range(
  '−1 and 1; convert 0 and 1 by 2·y − 1',
  (x) => x >= -1 && x <= 1 && x !== 0,
  (x) => tf.logicalAnd(tf.lessEqual(tf.square(x), 1), tf.notEqual(x, 0)),
);

/** Class indices of any number of classes. */
export const classNumbers: Range = {
  ...range(
    'class indices, integers of at least 0',
    (x) => Number.isInteger(x) && x >= 0,
    (x) => tf.logicalAnd(tf.equal(tf.floor(x), x), tf.logicalAnd(tf.greaterEqual(x, 0), tf.isFinite(x))),
  ),
  inside: 0,
};

/** Logarithms of probabilities. */
export const logProbabilities: Range = {
  ...range(
    'logarithms of probabilities, at most 0; for logits apply tf.logSoftmax',
    (x) => x <= MOST - 1,
    (x) => tf.lessEqual(x, MOST - 1),
  ),
  inside: -0.5,
};

/** Counts. */
export const counts = range(
  'numbers of at least 0',
  (x) => x >= 0,
  (x) => tf.greaterEqual(x, 0),
);

/** Numbers whose log(1 + x) is finite. The logarithm of others is NaN. */
export const aboveMinusOne = range('numbers above −1', (x) => x > -1);

/** The values in range, NaN for others. */
export const inRange = (range: Range | undefined, x: tf.Tensor): tf.Tensor =>
  range?.holds ? nanUnless(range.holds(x), x) : x;

/**
 * The values where a condition holds, NaN elsewhere: wrong values in a tensor cannot be an error without reading it back from the
 * device, and they must not become a loss that looks like one. A product, so that gradients of every order are NaN as well.
 */
const nanUnless = (condition: tf.Tensor, values: tf.Tensor): tf.Tensor =>
  tf.mul(values, tf.where(condition, tf.onesLike(values), tf.fill(values.shape, Number.NaN)));
