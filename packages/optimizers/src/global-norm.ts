import { assertArgument } from '@tenfold/checks';
import { floatTensor } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { mapKind } from './optimizer';
import { scaledNorm } from './scaled-norm';

/**
 * The Euclidean norm of all tensors as one vector.
 *
 * ‖g‖ = √(Σᵢ ‖gᵢ‖²), computed from the values divided by their largest magnitude, so that no square overflows
 *
 * @param tensors of any number and shapes; they are not disposed
 * @returns a scalar ≥ 0; 0 without tensors, infinite or NaN if a value is
 * @throws when a value of the map is not a tensor
 * @example
 * globalNorm({ kernel: tf.tensor([3, 0]), bias: tf.scalar(4) }); // 5
 * @see Pascanu, Mikolov, Bengio, "On the difficulty of training recurrent neural networks", 2012,
 *   https://arxiv.org/abs/1211.5063, section 3.2
 */
export function globalNorm(tensors: tf.NamedTensorMap): tf.Scalar {
  assertArgument('globalNorm', 'tensors', tensors, mapKind);
  return tf.tidy(() => {
    const floats = Object.entries(tensors).map(([name, tensor]) => floatTensor('globalNorm', name, tensor));
    const { peak, root } = scaledNorm(floats);
    return tf.mul(peak, root);
  });
}
