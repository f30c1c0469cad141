import * as tf from '@tensorflow/tfjs-core';
import type { Model } from './model';

/** How many numbers the model's trainable parameters hold; with `all`, the frozen ones and running statistics too. */
export function countParameters(model: Model, { all = false }: { all?: boolean } = {}): number {
  const counted = all ? model.parameters() : model.trainable();
  return Object.values(counted).reduce((sum, variable) => sum + variable.size, 0);
}

/**
 * The floating-point operations of one forward pass over one example: the products of matrices and convolutions, a
 * multiply-add as 2, zero padding included; sums, activations and norms are left out, as is usual.
 *
 * Runs the model once on zeros; every layer tells what it multiplies (`Context.countFlops`).
 *
 * @param inputShape of one example, [32, 32, 3]
 * @returns the total, and the share of each kind of operation
 */
export function countFlops(
  model: Model,
  inputShape: number[],
): { total: number; operations: Record<string, number> } {
  const operations: Record<string, number> = {};
  tf.tidy(() => {
    model.apply(tf.zeros([1, ...inputShape]), {
      training: false,
      countFlops(operation, flops) {
        operations[operation] = (operations[operation] ?? 0) + flops;
      },
    });
  });
  return { total: Object.values(operations).reduce((sum, flops) => sum + flops, 0), operations };
}
