import * as tf from '@tensorflow/tfjs-core';
import { type ReductionOptions, reduce } from './reduction';
import { denseClasses, type Input, sparseClasses } from './shapes';

export interface CrossEntropyOptions extends ReductionOptions {
  /** Probabilities below it count as it, so that the logarithm stays finite; > 0, 1e-7 by default. */
  epsilon?: number;
}

/**
 * Cross-entropy of labels and predicted probabilities. For a network that ends in scores, `softmaxCrossEntropy` is
 * more accurate and learns where this one's gradient has died.
 *
 * l = −Σₖ yₖ·log max(pₖ, ε); dpₖ = −yₖ/pₖ where pₖ > ε and 0 elsewhere
 *
 * @param labels y: [batch, …, classes], probabilities in [0, 1]
 * @param probabilities p: the shape of the labels, values in [0, 1]
 * @returns a scalar, or [batch, …] for the reduction 'none'; in nats, ≥ 0
 * @throws when the shapes differ, epsilon is not positive, or the weights do not fit
 * @example
 * crossEntropy([[0, 1]], [[0.25, 0.75]]); // 0.2877
 * @see Goodfellow, Bengio, Courville, "Deep Learning", 2016, section 3.13
 */
export function crossEntropy(
  labels: Input,
  probabilities: Input,
  { epsilon = 1e-7, ...options }: CrossEntropyOptions = {},
): tf.Tensor {
  return tf.tidy(() => {
    const [y, p] = denseClasses('crossEntropy', labels, probabilities, 'probabilities');
    return reduce('crossEntropy', perExample('crossEntropy', y, p, epsilon), options);
  });
}

/**
 * Cross-entropy of class indices and predicted probabilities.
 *
 * l = −log max(p_c, ε) for the class c
 *
 * @param labels c: [batch, …], integers from 0 to classes − 1
 * @param probabilities p: [batch, …, classes], values in [0, 1]
 * @returns a scalar, or [batch, …] for the reduction 'none'; in nats, ≥ 0
 * @throws when the shapes do not fit, epsilon is not positive, or the weights do not fit
 * @example
 * sparseCrossEntropy([1], [[0.25, 0.75]]); // 0.2877
 * @see crossEntropy
 */
export function sparseCrossEntropy(
  labels: Input,
  probabilities: Input,
  { epsilon = 1e-7, ...options }: CrossEntropyOptions = {},
): tf.Tensor {
  return tf.tidy(() => {
    const [y, p] = sparseClasses('sparseCrossEntropy', labels, probabilities, 'probabilities');
    return reduce('sparseCrossEntropy', perExample('sparseCrossEntropy', y, p, epsilon), options);
  });
}

function perExample(name: string, labels: tf.Tensor, probabilities: tf.Tensor, epsilon: number): tf.Tensor {
  if (!(epsilon > 0))
    throw new Error(`${name}: epsilon is ${epsilon}; give a small positive number such as 1e-7`);
  return tf.neg(tf.sum(tf.mul(labels, tf.log(atLeast(probabilities, epsilon))), -1));
}

// tf.maximum hands half of the gradient to each side of a tie and needs a tensor; this rule is the one documented above.
const atLeast = (x: tf.Tensor, epsilon: number): tf.Tensor =>
  tf.customGrad((x, save) => {
    (save as tf.GradSaveFunc)([x as tf.Tensor]);
    return {
      value: tf.maximum(x as tf.Tensor, epsilon),
      gradFunc: (dy, [x]) => tf.mul(dy, tf.cast(tf.greater(x!, epsilon), 'float32')),
    };
  })(x);
