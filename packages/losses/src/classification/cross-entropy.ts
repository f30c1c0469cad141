import type { Kind } from '@tenfold/checks';
import { withGradient } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { type ClassWeightOptions, classShares, classWeightKinds, readClassWeights } from '../class-weights';
import { denseLoss, type Loss, type Losses } from '../loss';
import type { ReductionOptions } from '../weighting';

export interface CrossEntropyOptions extends ReductionOptions, ClassWeightOptions {
  /** Lower bound for probabilities, so that the logarithm stays finite; in (0, 1), 1e-7 by default. */
  epsilon?: number;
}

/** An epsilon of 1 or more would replace every probability. */
export const crossEntropyKinds: { epsilon: Kind; classWeights: Kind } = {
  ...classWeightKinds,
  epsilon: {
    expected: 'a number in (0, 1) such as 1e-7',
    accepts: (value) => typeof value === 'number' && Math.fround(value) > 0 && value < 1,
  },
};

/**
 * Cross-entropy of labels and predicted probabilities. For a network that outputs logits, use `softmaxCrossEntropy`: it is
 * more accurate, and its gradient does not vanish for small probabilities.
 *
 * l = −Σₖ yₖ·log max(pₖ, ε); dpₖ = −yₖ/pₖ where pₖ > ε and 0 elsewhere
 *
 * @param labels y: [batch, …, classes], probabilities in [0, 1] that sum to 1 along the last axis
 * @param probabilities p: the shape of the labels, values in [0, 1]; for other values, such as logits, the loss is NaN
 * @returns a scalar, or [batch, …] for the reduction 'none'; in nats, ≥ 0
 * @throws when the shapes differ, there are fewer than two classes, epsilon is outside (0, 1), or the weights do not fit
 * @example
 * crossEntropy([[0, 1]], [[0.25, 0.75]]); // 0.2877
 * @see Goodfellow, Bengio, Courville, "Deep Learning", 2016, section 3.13
 */
export const crossEntropy: Loss<CrossEntropyOptions> = /* @__PURE__ */ denseLoss<CrossEntropyOptions>(
  'crossEntropy',
  'probabilities',
  (y, p, options) => crossEntropyOfExamples('crossEntropy', y, p, options),
  crossEntropyKinds,
);

/** The losses of the examples. */
export function crossEntropyOfExamples(
  name: string,
  labels: tf.Tensor,
  probabilities: tf.Tensor,
  { epsilon = 1e-7, classWeights, reduction }: CrossEntropyOptions,
): Losses {
  const w = readClassWeights(name, { classWeights, reduction }, probabilities.shape.at(-1)!);
  const y = w ? tf.mul(labels, w) : labels;
  const losses = tf.neg(tf.sum(tf.mul(y, tf.log(atLeast(probabilities, epsilon))), -1));
  return w ? { losses, shares: classShares(labels, w) } : losses;
}

// tf.maximum has a gradient at a tie; this rule implements the gradient documented above.
const atLeast = (x: tf.Tensor, epsilon: number): tf.Tensor =>
  withGradient([x], {
    forward: (x) => ({ value: tf.maximum(x, epsilon), saved: [x] }),
    backward: (dy, [x]) => [tf.where(tf.lessEqual(x!, epsilon), tf.zerosLike(dy), dy)],
  });
