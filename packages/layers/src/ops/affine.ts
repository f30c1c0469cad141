import * as tf from '@tensorflow/tfjs-core';

const KERNEL = '_FusedMatMul';
const attributes = { transposeA: false, transposeB: false, activation: 'linear' };

/**
 * y = x·W + b in one kernel; dx = dy·Wᵀ, dW = xᵀ·dy, db = Σ dy.
 *
 * tfjs's `tf.fused.matMul` computes the gradient of x even where nothing needs it, as for a network's input. Here the
 * kernel itself goes on the tape, with a gradient per operand that is computed on demand.
 *
 * @param x [rows, inFeatures]
 * @returns [rows, outFeatures]
 */
export function affine(x: tf.Tensor2D, kernel: tf.Tensor2D, bias: tf.Tensor1D): tf.Tensor2D {
  if (!tf.getGradient(KERNEL)) registerAffineGradient();
  const inputs = { a: x, b: kernel, bias };
  return tf.engine().runKernel(KERNEL, inputs as unknown as tf.NamedTensorMap, attributes) as tf.Tensor2D;
}

function registerAffineGradient(): void {
  tf.registerGradient({
    kernelName: KERNEL,
    inputsToSave: ['a', 'b'],
    gradFunc(dy, saved) {
      const [x, kernel] = saved as [tf.Tensor2D, tf.Tensor2D];
      const d = dy as tf.Tensor2D;
      return {
        a: () => tf.matMul(d, kernel, false, true),
        b: () => tf.matMul(x, d, true, false),
        bias: () => tf.sum(d, 0),
      };
    },
  });
}
