import * as tf from '@tensorflow/tfjs-core';
import { reduce } from './reduction';
import { type Input, sparseClasses } from './shapes';
import { perExample, type SoftmaxCrossEntropyOptions, smooth } from './softmax-cross-entropy';

/**
 * Cross-entropy of class indices and the softmax of logits: `softmaxCrossEntropy` without one-hot labels.
 *
 * l = m + log Σⱼ e^(zⱼ − m) − z_c for the class c (without smoothing), m = maxⱼ zⱼ; dz = softmax(z) − onehot(c)
 *
 * @param labels c: [batch, …], integers from 0 to classes − 1
 * @param logits z: [batch, …, classes], values in ℝ
 * @returns a scalar, or [batch, …] for the reduction 'none'; in nats, ≥ 0
 * @throws when the shapes do not fit, labelSmoothing is outside [0, 1], or the weights do not fit
 * @example
 * sparseSoftmaxCrossEntropy([1], [[0, 2]]); // 0.1269
 * @see softmaxCrossEntropy
 */
export function sparseSoftmaxCrossEntropy(
  labels: Input,
  logits: Input,
  { labelSmoothing = 0, ...options }: SoftmaxCrossEntropyOptions = {},
): tf.Tensor {
  const name = 'sparseSoftmaxCrossEntropy';
  return tf.tidy(() => {
    const [y, z] = sparseClasses(name, labels, logits, 'logits');
    return reduce(name, perExample(smooth(name, y, labelSmoothing), z), options);
  });
}
