import { assertArgument } from '@tenfold/checks';
import { floatTensor } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { mapKind } from './optimizer';
import { scaledNorm } from './scaled-norm';

/**
 * The Euclidean norm of many tensors as if they were one vector.
 *
 * ‖g‖ = √(Σᵢ ‖gᵢ‖²), computed from values over their largest magnitude, so that no square overflows
 *
 * @param tensors any number of any shapes; not disposed
 * @returns a scalar ≥ 0; 0 for no tensor, infinite or NaN where a value is
 * @throws when something in it is not a tensor
 * @example
 * globalNorm({ kernel: tf.tensor([3, 0]), bias: tf.scalar(4) }); // 5
 * @see Pascanu, Mikolov, Bengio, "On the difficulty of training recurrent neural networks", 2012,
 *   https://arxiv.org/abs/1211.5063, section 3.2
 */
export function globalNorm(tensors: tf.NamedTensorMap): tf.Scalar {
  assertArgument('globalNorm', 'tensors', tensors, mapKind);
  return tf.tidy(() => {
    const given = Object.entries(tensors).map(([name, tensor]) => floatTensor('globalNorm', name, tensor));
    const { peak, root } = scaledNorm(given);
    return tf.mul(peak, root);
  });
}
