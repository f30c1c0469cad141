import { integer, probability } from '@tenfold/checks';
import { withGradient } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { classShares, classWeightKinds, readClassWeights } from '../class-weights';
import { type IgnoreOptions, type Loss, sparseLoss } from '../loss';
import {
  gradientOfLogits,
  lossesAndProbabilities,
  type SoftmaxCrossEntropyOptions,
  smooth,
} from './softmax-cross-entropy';

export interface SparseSoftmaxCrossEntropyOptions extends SoftmaxCrossEntropyOptions, IgnoreOptions {}

/**
 * Cross-entropy of class indices and the softmax of logits: `softmaxCrossEntropy` without one-hot labels.
 *
 * l = m + log Σⱼ e^(zⱼ − m) − z_c for the class c (without smoothing), m = maxⱼ zⱼ; dz = softmax(z) − onehot(c)
 *
 * @param labels c: [batch, …], integers from 0 to classes − 1; for any other value the loss is NaN
 * @param logits z: [batch, …, classes], values in ℝ, or −∞ for a class of probability 0
 * @returns a scalar, or [batch, …] for the reduction 'none'; in nats, ≥ 0
 * @throws when the shapes do not fit, there are fewer than two classes, labels in an array are not class indices,
 *   an option is out of range, or the weights do not fit
 * @example
 * sparseSoftmaxCrossEntropy([1], [[0, 2]]); // 0.1269
 * @see softmaxCrossEntropy
 */
export const sparseSoftmaxCrossEntropy: Loss<SparseSoftmaxCrossEntropyOptions> =
  /* @__PURE__ */ sparseLoss<SparseSoftmaxCrossEntropyOptions>(
    'sparseSoftmaxCrossEntropy',
    'logits',
    (y, z, { labelSmoothing = 0, classWeights, reduction }) => {
      const w = readClassWeights('sparseSoftmaxCrossEntropy', { classWeights, reduction }, z.shape.at(-1)!);
      const smoothed = smooth(y, labelSmoothing);
      const t = w ? tf.mul(smoothed, w) : smoothed;
      const losses = withGradient([z], {
        forward: (z) => {
          const [value, p] = lossesAndProbabilities(t, z);
          return { value, saved: [t, p] };
        },
        backward: (dy, [t, p]) => [tf.mul(tf.expandDims(dy, -1), gradientOfLogits(t!, p!))],
      });
      return w ? { losses, shares: classShares(y, w) } : losses;
    },
    { labelSmoothing: probability, ignoreIndex: integer, ...classWeightKinds },
  );
