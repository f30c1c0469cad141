import * as tf from '@tensorflow/tfjs-core';

/**
 * The Euclidean norm of many tensors as if they were one vector.
 *
 * ‖g‖ = √(Σᵢ ‖gᵢ‖²)
 *
 * @param tensors any number of any shapes; not disposed
 * @returns a scalar ≥ 0; 0 for no tensor, and infinite where a square exceeds float32
 * @example
 * globalNorm({ kernel: tf.tensor([3, 0]), bias: tf.scalar(4) }); // 5
 * @see Pascanu, Mikolov, Bengio, "On the difficulty of training recurrent neural networks", 2012,
 *   https://arxiv.org/abs/1211.5063, section 3.2
 */
export function globalNorm(tensors: tf.NamedTensorMap): tf.Scalar {
  return tf.tidy(() => {
    const squares = Object.values(tensors).map((tensor) => tf.sum(tf.square(tensor)));
    return tf.sqrt(squares.length ? tf.addN(squares) : tf.scalar(0)) as tf.Scalar;
  });
}
