import * as tf from '@tensorflow/tfjs-core';

/**
 * The loss and its gradients by the names of the parameters; tfjs gives them its own names of the variables.
 *
 * @param name of the function, the start of an error
 */
export function gradients(
  name: string,
  loss: () => tf.Scalar,
  params: { [name: string]: tf.Variable },
): { value: tf.Scalar; grads: tf.NamedTensorMap } {
  // In a scope, or the loss would be left behind when the backward pass throws.
  const { value, grads } = tf.tidy(() => {
    try {
      return tf.variableGrads(loss, Object.values(params));
    } catch (error) {
      throw advised(name, error);
    }
  });
  const named: tf.NamedTensorMap = {};
  for (const [key, variable] of Object.entries(params)) {
    const gradient = grads[variable.name];
    if (gradient) named[key] = gradient;
  }
  return { value, grads: named };
}

/** An error of tfjs's backward pass in words that say what to do. */
function advised(name: string, error: unknown): unknown {
  const message = error instanceof Error ? error.message : '';
  const [, kernel] = /gradient function not found for (\w+)/.exec(message) ?? [];
  if (kernel !== undefined) {
    return new Error(
      `${name}: no gradient is registered for ${kernel}; add import '@tenfold/gradients', or import '@tensorflow/tfjs' in place of its parts`,
      { cause: error },
    );
  }
  if (/Cannot find a connection between|Cannot compute gradient of y=f/.test(message)) {
    return new Error(
      `${name}: the loss does not depend on any trainable parameter; compute it from what the model returns, with tensor operations alone`,
      { cause: error },
    );
  }
  return error;
}
