import { onTape } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';

const kernel = onTape('_FusedMatMul', {
  keeps: ['a', 'b'],
  gradient(dy, [x, kernel]) {
    const d = dy as tf.Tensor2D;
    return {
      a: () => tf.matMul(d, kernel as tf.Tensor2D, false, true),
      b: () => tf.matMul(x as tf.Tensor2D, d, true, false),
      bias: () => tf.sum(d, 0),
    };
  },
});

/**
 * y = x·W + b in one kernel; dx = dy·Wᵀ, dW = xᵀ·dy, db = Σ dy.
 *
 * Unlike tfjs's `tf.fused.matMul`, it computes the gradient of x only if it is needed, which it is not for a network's input.
 *
 * @param x [rows, inFeatures]
 * @returns [rows, outFeatures]
 */
export const matmulWithBias = (x: tf.Tensor2D, weights: tf.Tensor, bias: tf.Tensor): tf.Tensor2D =>
  kernel(
    { a: x, b: weights, bias },
    { transposeA: false, transposeB: false, activation: 'linear' },
  ) as tf.Tensor2D;
