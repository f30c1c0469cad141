import type { Rng } from '@tenfold/random';
import * as tf from '@tensorflow/tfjs-core';
import type { Initializer } from '../initializers';

/**
 * A variable with its first value.
 *
 * @throws when the initializer does not give as many numbers as the shape has
 */
export function parameter(
  shape: number[],
  initializer: Initializer,
  rng: Rng,
  { trainable = true }: { trainable?: boolean } = {},
): tf.Variable {
  const values = initializer(shape, rng);
  const size = tf.util.sizeFromShape(shape);
  if (!ArrayBuffer.isView(values) || values.length !== size) {
    const given = ArrayBuffer.isView(values)
      ? `${values.length} values`
      : 'something else than a Float32Array';
    throw new Error(
      `initializer: it gave ${given} for the shape [${shape}]; return a Float32Array of ${size} values`,
    );
  }
  return tf.tidy(() => tf.variable(tf.tensor(values, shape, 'float32'), trainable));
}
