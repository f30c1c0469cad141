import { assertArgument, count, listOf, required } from '@tenfold/checks';
import { countFlops as countExecuted } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { assertModel } from './assert-model';
import type { Model } from './layer';

/**
 * Counts the floating-point operations of a forward pass on one example, from the kernels that it executes: matrix products and
 * convolutions, with 2 for a multiply-add and zero padding included. Sums, activations and norms count 0, as is usual.
 *
 * Runs the model once, on zeros. For a model with several inputs, use `countFlops` from `@tenfold/kernels`.
 *
 * @param inputShape the shape of one example, such as [32, 32, 3]
 * @throws when the first argument is not a model, or the model does not accept an input of that shape
 * @example
 * countFlops(createModel(dense({ inFeatures: 2, outFeatures: 3 })), [2]); // 12
 */
export function countFlops(model: Pick<Model, 'predict'>, inputShape: number[]): number {
  assertModel('countFlops', model, 'predict');
  assertArgument('countFlops', 'inputShape', inputShape, required(listOf(count)));
  return tf.tidy(() => countExecuted(() => model.predict(tf.zeros([1, ...inputShape]))).flops);
}
