import { probability } from '@tenfold/checks';
import { fused, withGradient } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { type ClassWeightOptions, classShares, classWeightKinds, readClassWeights } from '../class-weights';
import { denseLoss, type Loss } from '../loss';
import type { ReductionOptions } from '../weighting';

export interface SoftmaxCrossEntropyOptions extends ReductionOptions, ClassWeightOptions {
  /** ε in [0, 1], the probability that is spread evenly over all classes; 0 by default. */
  labelSmoothing?: number;
}

/**
 * Cross-entropy of labels and the softmax of logits, stable for all logits except +∞.
 *
 * l = −Σₖ tₖ·log pₖ = Σₖ tₖ·(m + log Σⱼ e^(zⱼ − m)) − Σₖ tₖ·zₖ, with p = softmax(z), m = maxⱼ zⱼ and the smoothed
 * labels t = (1 − ε)·y + ε/K over K classes; dz = p·Σₖ tₖ − t, dy = −(1 − ε)·log p
 *
 * With `classWeights` w, tₖ becomes wₖ·tₖ, and the mean is divided by Σᵢ Σₖ wₖ·yᵢₖ. So PyTorch divides for class indices; for
 * distributions it divides by the number of examples.
 *
 * Runs the kernel `SoftmaxCrossEntropy` where the backend has it.
 *
 * @param labels y: [batch, …, classes], probabilities in [0, 1] that sum to 1 along the last axis
 * @param logits z: the shape of the labels, values in ℝ, or −∞ for a class of probability 0
 * @returns a scalar, or [batch, …] for the reduction 'none'; in nats, ≥ 0
 * @throws when the shapes differ, there are fewer than two classes, an option is out of range, or the weights do not fit
 * @example
 * softmaxCrossEntropy([[0, 1]], [[0, 2]]); // 0.1269
 * @see Goodfellow, Bengio, Courville, "Deep Learning", 2016, section 6.2.2.3; label smoothing: Szegedy et al.,
 *   "Rethinking the Inception Architecture", 2015, https://arxiv.org/abs/1512.00567, section 7
 */
export const softmaxCrossEntropy: Loss<SoftmaxCrossEntropyOptions> =
  /* @__PURE__ */ denseLoss<SoftmaxCrossEntropyOptions>(
    'softmaxCrossEntropy',
    'logits',
    (y, z, { labelSmoothing = 0, classWeights, reduction }) => {
      const w = readClassWeights('softmaxCrossEntropy', { classWeights, reduction }, z.shape.at(-1)!);
      const t = smooth(y, labelSmoothing);
      const losses = withGradient([w ? tf.mul(t, w) : t, z], {
        forward: (t, z) => {
          const [value, p] = lossesAndProbabilities(t, z);
          return { value, saved: [t, z, p] };
        },
        backward: (dy, [t, z, p]) => {
          const scale = tf.expandDims(dy, -1);
          return [tf.mul(scale, tf.neg(tf.logSoftmax(z!))), tf.mul(scale, gradientOfLogits(t!, p!))];
        },
      });
      return w ? { losses, shares: classShares(y, w) } : losses;
    },
    { labelSmoothing: probability, ...classWeightKinds },
  );

/** The smoothed labels (1 − ε)·y + ε/K. */
export const smooth = (labels: tf.Tensor, labelSmoothing: number): tf.Tensor =>
  labelSmoothing === 0
    ? labels
    : tf.add(tf.mul(labels, 1 - labelSmoothing), labelSmoothing / labels.shape.at(-1)!);

/** dz = p·Σₖ tₖ − t. */
export const gradientOfLogits = (labels: tf.Tensor, probabilities: tf.Tensor): tf.Tensor =>
  tf.sub(tf.mul(probabilities, tf.sum(labels, -1, true)), labels);

/** The loss of each row and the softmax of its logits. */
export function lossesAndProbabilities(labels: tf.Tensor, logits: tf.Tensor): [tf.Tensor, tf.Tensor] {
  const [losses, probabilities] = fused('SoftmaxCrossEntropy', { logits, labels }, {}, () => {
    const shifted = tf.sub(logits, tf.max(logits, -1, true));
    const logProbabilities = tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), -1, true)));
    // A class with label 0 adds 0 even if its logarithm is −∞.
    const products = tf.where(tf.equal(labels, 0), tf.zerosLike(labels), tf.mul(labels, logProbabilities));
    return [tf.neg(tf.sum(products, -1)), tf.exp(logProbabilities)];
  });
  return [losses!, probabilities!];
}
