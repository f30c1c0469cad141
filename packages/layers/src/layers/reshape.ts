import { assertOptions, count, either, listOf, oneOf, required } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { ofTensor } from '../ops/input-tensor';

export interface ReshapeOptions {
  /** The shape of an example, without the batch; one size may be −1, and follows from the others. */
  shape: number[];
}

/**
 * Gives each example another shape, with its values in the same order.
 *
 * @returns a function from [batch, …] to [batch, ...shape]
 * @throws when an option is unknown or out of range, more than one size is −1, or the examples have another number of values
 * @example
 * reshape({ shape: [4, -1] })(tf.zeros([2, 3, 8])); // [2, 4, 6]
 */
export function reshape(options: ReshapeOptions): (x: tf.Tensor) => tf.Tensor {
  assertOptions('reshape', options, { shape: required(listOf(either(count, oneOf(-1)))) });
  const shape = [...options.shape];
  const open = shape.filter((size) => size === -1).length;
  if (open > 1) {
    throw new Error(`reshape: shape is [${shape}], with ${open} sizes of −1; give at most one`);
  }
  const known = shape.reduce((product, size) => (size === -1 ? product : product * size), 1);
  return ofTensor('reshape', (x) => {
    const values = tf.util.sizeFromShape(x.shape.slice(1));
    if (x.rank === 0 || (open === 0 ? values !== known : values % known !== 0 || values === 0)) {
      throw new Error(
        `reshape: the input has shape [${x.shape}] but shape is [${shape}]; give a batch of examples of ${open === 0 ? known : `a multiple of ${known}`} values`,
      );
    }
    return tf.reshape(x, [x.shape[0]!, ...shape.map((size) => (size === -1 ? values / known : size))]);
  });
}
