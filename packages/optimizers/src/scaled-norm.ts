import * as tf from '@tensorflow/tfjs-core';

// The smallest normal and the largest number of float32.
const [SMALLEST, LARGEST] = [1.1754943508222875e-38, 3.4028234663852886e38];

/**
 * The Euclidean norm of all tensors as one vector, split into two factors whose product is the norm: `peak`, the largest
 * magnitude, finite and above 0, and `root`, the norm of the tensors divided by it. Squares neither overflow nor
 * underflow. If a value is not finite, neither is `root`.
 */
export function scaledNorm(tensors: tf.Tensor[]): { peak: tf.Scalar; root: tf.Scalar } {
  const filled = tensors.filter(({ size }) => size > 0);
  if (filled.length === 0) return { peak: tf.scalar(1), root: tf.scalar(0) };
  const peaks = filled.map((tensor) => tf.max(tf.abs(tensor)));
  const peak = tf.clipByValue(tf.max(tf.stack(peaks)), SMALLEST, LARGEST);
  const squares = filled.map((tensor) => tf.tidy(() => tf.sum(tf.square(tf.div(tensor, peak)))));
  return { peak: peak as tf.Scalar, root: tf.sqrt(tf.addN(squares)) as tf.Scalar };
}
