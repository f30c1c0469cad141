import { callGiven, show } from '@tenfold/checks';
import type { Rng } from '@tenfold/random';
import * as tf from '@tensorflow/tfjs-core';
import type { Initializer } from '../initializers';

/** The most values of a tensor. */
const LARGEST = 2 ** 31 - 1;

/**
 * Creates a variable from an initializer.
 *
 * @throws when the shape has too many numbers, or the initializer does not return as many finite ones
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
  const values: unknown = callGiven(initializer, shape, rng);
  if (typeof values === 'function') {
    const name = initializer.name || 'initializer';
    throw new Error(
      `initializer: the function ${name} was given without a call: it returned a function for the shape [${shape}]; give ${name}()`,
    );
  }
  if (!isNumbers(values) || values.length !== size) {
    const returned = isNumbers(values) ? `${values.length} values` : show(values);
    throw new Error(
      `initializer: it returned ${returned} for the shape [${shape}]; return a Float32Array of ${size} values`,
    );
  }
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) {
    throw new Error(
      `initializer: it returned ${values[wrong]} at the index ${wrong} for the shape [${shape}]; return finite numbers`,
    );
  }
  return tf.tidy(() => tf.variable(tf.tensor(values, shape, 'float32'), trainable));
}

const isNumbers = (values: unknown): values is Float32Array =>
  ArrayBuffer.isView(values) && !(values instanceof DataView);
