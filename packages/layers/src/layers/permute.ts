import { assertOptions, count, listOf, required } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { ofTensor } from '../ops/input-tensor';

export interface PermuteOptions {
  /**
   * The axes of the output in terms of those of the input, where 1 is the first one after the batch: [2, 1] exchanges the two axes
   * of [batch, time, features].
   */
  axes: number[];
}

/**
 * Permutes the axes of each example.
 *
 * y[n, i_1, …, i_k] = x[n, j_1, …, j_k] with j_{axes[m]} = i_m
 *
 * @returns a function from [batch, …] to [batch, …], where axis m has the size of axis axes[m − 1] of the input
 * @throws when an option is unknown, axes is not a permutation of 1, 2, …, or the input has another number of axes
 * @example
 * permute({ axes: [3, 1, 2] })(tf.zeros([2, 5, 7, 3])); // [2, 3, 5, 7]: channels first
 */
export function permute(options: PermuteOptions): (x: tf.Tensor) => tf.Tensor {
  assertOptions('permute', options, { axes: required(listOf(count)) });
  const axes = [...options.axes];
  if ([...axes].sort((a, b) => a - b).some((axis, i) => axis !== i + 1)) {
    throw new Error(`permute: axes is [${axes}]; give each of the numbers from 1 to ${axes.length} once`);
  }
  return ofTensor('permute', (x) => {
    if (x.rank !== axes.length + 1) {
      throw new Error(
        `permute: the input has shape [${x.shape}] but axes is [${axes}]; give a batch with ${axes.length} further axes`,
      );
    }
    return tf.transpose(x, [0, ...axes]);
  });
}
