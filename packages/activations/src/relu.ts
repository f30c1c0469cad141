import * as tf from '@tensorflow/tfjs-core';
import { fused, type Input, withGradient } from './elementwise';

/**
 * Rectified linear unit: the positive part.
 *
 * relu(x) = max(x, 0), relu'(x) = 1 where x > 0 and 0 elsewhere, at x = 0 too
 *
 * Its gradient runs the kernel `ReluGrad` where the backend has it.
 *
 * @param x any shape; values in ℝ
 * @returns the shape of x; values in [0, ∞)
 * @example
 * relu([-1, 0, 2]); // [0, 0, 2]
 * @see Nair, Hinton, "Rectified Linear Units Improve Restricted Boltzmann Machines", 2010
 */
export function relu<T extends tf.Tensor>(x: Input<T>): T {
  return withGradient<T>(x, {
    forward: (x) => tf.relu(x),
    backward: (dy, _, y) => fused('ReluGrad', { dy, y }, {}, () => tf.mul(dy, tf.step(y))),
  });
}
