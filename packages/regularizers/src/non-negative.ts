import * as tf from '@tensorflow/tfjs-core';
import { assertMade, type Constraint, constraint } from './constraint';

/**
 * Non-negativity constraint: sets negative weights to 0.
 *
 * W ← W where W > 0, else 0; NaN stays NaN
 *
 * @returns a function from a tensor to one of its shape, in float32
 * @example
 * const optimizer = constrain(sgd({ learningRate: 0.1 }), nonNegative(), { only: /kernel$/ });
 * @see Keras, https://keras.io/api/layers/constraints
 */
export function nonNegative(): Constraint;
export function nonNegative(...call: unknown[]): Constraint {
  assertMade('nonNegative', call);
  return constraint('nonNegative', (w) => tf.where(tf.lessEqual(w, 0), tf.zerosLike(w), w));
}
