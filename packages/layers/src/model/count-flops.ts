import { assertArgument, count, listOf, required } from '@tenfold/checks';
import { countFlops as countExecuted } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { assertModel } from './assert-model';
import type { Model } from './layer';

/**
 * The floating-point operations of one forward pass over one example, counted from the kernels that run: products of
 * matrices and convolutions, a multiply-add as 2, zero padding included; sums, activations and norms are left out, as is
 * usual.
 *
 * Runs the model once, on zeros. For a model with several inputs use `countFlops` of `@tenfold/kernels`.
 *
 * @param inputShape of one example, [32, 32, 3]
 * @throws when the first argument is not a model, or the model cannot take an input of that shape
 * @example
 * countFlops(createModel(dense({ inFeatures: 2, outFeatures: 3 })), [2]); // 12
 */
export function countFlops(model: Pick<Model, 'predict'>, inputShape: number[]): number {
  assertModel('countFlops', model, 'predict');
  assertArgument('countFlops', 'inputShape', inputShape, required(listOf(count)));
  return tf.tidy(() => countExecuted(() => model.predict(tf.zeros([1, ...inputShape]))).flops);
}
