import { callGiven, show } from '@tenfold/checks';
import type { Rng } from '@tenfold/random';
import * as tf from '@tensorflow/tfjs-core';
import type { Initializer } from '../initializers';

/**
 * Creates a variable from an initializer.
 *
 * @throws when the initializer does not return as many numbers as the shape has
 */
export function parameter(
  shape: number[],
  initializer: Initializer,
  rng: Rng,
  { trainable = true }: { trainable?: boolean } = {},
): tf.Variable {
  const values = callGiven(initializer, shape, rng);
  const size = tf.util.sizeFromShape(shape);
  if (!ArrayBuffer.isView(values) || values.length !== size) {
    const returned = ArrayBuffer.isView(values) ? `${values.length} values` : show(values);
    throw new Error(
      `initializer: it returned ${returned} for the shape [${shape}]; return a Float32Array of ${size} values`,
    );
  }
  return tf.tidy(() => tf.variable(tf.tensor(values, shape, 'float32'), trainable));
}
