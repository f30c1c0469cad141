import { callGiven, show } from '@tenfold/checks';
import type { Rng } from '@tenfold/random';
import * as tf from '@tensorflow/tfjs-core';
import type { Initializer } from '../initializers';

/** The most values of a tensor. */
const LARGEST = 2 ** 31 - 1;

/**
 * Creates a variable from an initializer.
 *
 * @throws when the shape has too many numbers, or the initializer does not return as many
 */
export function parameter(
  shape: number[],
  initializer: Initializer,
  rng: Rng,
  { trainable = true }: { trainable?: boolean } = {},
): tf.Variable {
  const size = tf.util.sizeFromShape(shape);
  if (size > LARGEST) {
    throw new Error(
      `parameter: the shape [${shape}] has ${size} values; give smaller sizes, for at most ${LARGEST} values`,
    );
  }
  const values = callGiven(initializer, shape, rng);
  if (!ArrayBuffer.isView(values) || values.length !== size) {
    const returned = ArrayBuffer.isView(values) ? `${values.length} values` : show(values);
    throw new Error(
      `initializer: it returned ${returned} for the shape [${shape}]; return a Float32Array of ${size} values`,
    );
  }
  return tf.tidy(() => tf.variable(tf.tensor(values, shape, 'float32'), trainable));
}
