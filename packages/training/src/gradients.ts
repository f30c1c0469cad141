import * as tf from '@tensorflow/tfjs-core';
import { findEntry } from './tensors';

/**
 * Computes the loss and its gradients, under the names of the parameters instead of tfjs's names of the variables.
 *
 * @param name of the function; starts errors
 */
export function gradients(
  name: string,
  loss: () => tf.Scalar,
  params: { [name: string]: tf.Variable },
): { value: tf.Scalar; grads: tf.NamedTensorMap } {
  // Within tidy, so that the loss is disposed when the backward pass throws.
  const { value, grads } = tf.tidy(() => {
    try {
      return tf.variableGrads(loss, Object.values(params));
    } catch (error) {
      throw adviseOn(name, error);
    }
  });
  const named = Object.entries(params).flatMap(([key, variable]) => {
    const gradient = findEntry(grads, variable.name);
    return gradient ? [[key, gradient] as const] : [];
  });
  return { value, grads: Object.fromEntries(named) };
}

/** Replaces an error of tfjs's backward pass by one that says what to do. */
function adviseOn(name: string, error: unknown): unknown {
  const message = error instanceof Error ? error.message : '';
  const [, kernel] = /gradient function not found for (\w+)/.exec(message) ?? [];
  if (kernel !== undefined) {
    if (tf.getGradient(tf.Square) && tf.getGradient(tf.BatchMatMul)) {
      return new Error(
        `${name}: no gradient exists for ${kernel}; compute the loss without it, or give its gradient with tf.customGrad`,
        { cause: error },
      );
    }
    return new Error(
      `${name}: no gradient is registered for ${kernel}; add import '@tenfold/gradients', or import '@tensorflow/tfjs' instead of its parts`,
      { cause: error },
    );
  }
  if (/Cannot find a connection between|Cannot compute gradient of y=f/.test(message)) {
    return new Error(
      `${name}: the loss does not depend on any trainable parameter; compute it from the model's output with tensor operations that have a gradient, not with comparisons or numbers that were read`,
      { cause: error },
    );
  }
  return error;
}
