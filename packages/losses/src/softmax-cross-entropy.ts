import * as tf from '@tensorflow/tfjs-core';
import { type ReductionOptions, reduce } from './reduction';
import { denseClasses, type Input } from './shapes';

export interface SoftmaxCrossEntropyOptions extends ReductionOptions {
  /** Probability moved from the label to all classes alike, ε in [0, 1], 0 by default. */
  labelSmoothing?: number;
}

/**
 * Cross-entropy of labels and the softmax of logits, stable for every finite logit.
 *
 * l = −Σₖ tₖ·log pₖ = Σₖ tₖ·(m + log Σⱼ e^(zⱼ − m)) − Σₖ tₖ·zₖ, with p = softmax(z), m = maxⱼ zⱼ and the smoothed
 * labels t = (1 − ε)·y + ε/K over K classes; dz = p·Σₖ tₖ − t, dy = −(1 − ε)·log p
 *
 * Runs the kernel `SoftmaxCrossEntropy` where the backend has it.
 *
 * @param labels y: [batch, …, classes], probabilities in [0, 1] that sum to 1 along the last axis
 * @param logits z: the shape of the labels, values in ℝ
 * @returns a scalar, or [batch, …] for the reduction 'none'; natural logarithm, so in nats, ≥ 0
 * @throws when the shapes differ, labelSmoothing is outside [0, 1], or the weights do not fit
 * @example
 * softmaxCrossEntropy([[0, 1]], [[0, 2]]); // 0.1269
 * @see Goodfellow, Bengio, Courville, "Deep Learning", 2016, section 6.2.2.3; label smoothing: Szegedy et al.,
 *   "Rethinking the Inception Architecture", 2015, https://arxiv.org/abs/1512.00567, section 7
 */
export function softmaxCrossEntropy(
  labels: Input,
  logits: Input,
  { labelSmoothing = 0, ...options }: SoftmaxCrossEntropyOptions = {},
): tf.Tensor {
  return tf.tidy(() => {
    const [y, z] = denseClasses('softmaxCrossEntropy', labels, logits, 'logits');
    return reduce(
      'softmaxCrossEntropy',
      perExample(smooth('softmaxCrossEntropy', y, labelSmoothing), z),
      options,
    );
  });
}

/** The smoothed labels (1 − ε)·y + ε/K. */
export function smooth(name: string, labels: tf.Tensor, labelSmoothing: number): tf.Tensor {
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw new Error(`${name}: labelSmoothing is ${labelSmoothing}; give a number from 0 to 1`);
  }
  if (labelSmoothing === 0) return labels;
  return tf.add(tf.mul(labels, 1 - labelSmoothing), labelSmoothing / labels.shape.at(-1)!);
}

/** The loss of every example, with its exact gradients. */
export const perExample: (labels: tf.Tensor, logits: tf.Tensor) => tf.Tensor = tf.customGrad(
  (labels, logits, save) => {
    const [t, z, saved] = [labels as tf.Tensor, logits as tf.Tensor, save as tf.GradSaveFunc];
    const [value, p] = forward(t, z);
    saved([t, z, p]);
    return {
      value,
      gradFunc: (dy, [t, z, p]) => {
        const scale = tf.expandDims(dy, -1);
        return [
          tf.mul(scale, tf.neg(tf.logSoftmax(z!))),
          tf.mul(scale, tf.sub(tf.mul(p!, tf.sum(t!, -1, true)), t!)),
        ];
      },
    };
  },
);

// [loss of each row, probabilities]
function forward(labels: tf.Tensor, logits: tf.Tensor): [tf.Tensor, tf.Tensor] {
  if (tf.getKernel('SoftmaxCrossEntropy', tf.getBackend())) {
    return tf.engine().runKernel('SoftmaxCrossEntropy', { logits, labels }) as unknown as [
      tf.Tensor,
      tf.Tensor,
    ];
  }
  const highest = tf.max(logits, -1, true);
  const shifted = tf.sub(logits, highest);
  const logSum = tf.log(tf.sum(tf.exp(shifted), -1, true));
  // Written as a difference to the row's own logits, so that a class with label 0 and logit −∞ adds nothing but 0.
  const logProbabilities = tf.sub(shifted, logSum);
  return [tf.neg(tf.sum(tf.mul(labels, logProbabilities), -1)), tf.exp(logProbabilities)];
}
