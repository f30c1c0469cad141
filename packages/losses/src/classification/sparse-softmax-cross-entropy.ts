import { probability } from '@tenfold/checks';
import { withGradient } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { type Loss, sparseLoss } from '../loss';
import {
  gradientOfLogits,
  lossesAndProbabilities,
  type SoftmaxCrossEntropyOptions,
  smooth,
} from './softmax-cross-entropy';

/**
 * Cross-entropy of class indices and the softmax of logits: `softmaxCrossEntropy` without one-hot labels.
 *
 * l = m + log Σⱼ e^(zⱼ − m) − z_c for the class c (without smoothing), m = maxⱼ zⱼ; dz = softmax(z) − onehot(c)
 *
 * @param labels c: [batch, …], integers from 0 to classes − 1; for any other value the loss is NaN
 * @param logits z: [batch, …, classes], values in ℝ, or −∞ for a class of probability 0
 * @returns a scalar, or [batch, …] for the reduction 'none'; in nats, ≥ 0
 * @throws when the shapes do not fit, there are fewer than two classes, labels in an array are not class indices,
 *   labelSmoothing is outside [0, 1], or the weights do not fit
 * @example
 * sparseSoftmaxCrossEntropy([1], [[0, 2]]); // 0.1269
 * @see softmaxCrossEntropy
 */
export const sparseSoftmaxCrossEntropy: Loss<SoftmaxCrossEntropyOptions> =
  /* @__PURE__ */ sparseLoss<SoftmaxCrossEntropyOptions>(
    'sparseSoftmaxCrossEntropy',
    'logits',
    (y, z, { labelSmoothing = 0 }) => {
      const t = smooth(y, labelSmoothing);
      return withGradient([z], {
        forward: (z) => {
          const [value, p] = lossesAndProbabilities(t, z);
          return { value, saved: [t, p] };
        },
        backward: (dy, [t, p]) => [tf.mul(tf.expandDims(dy, -1), gradientOfLogits(t!, p!))],
      });
    },
    { labelSmoothing: probability },
  );
