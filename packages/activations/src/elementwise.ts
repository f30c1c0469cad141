import * as tf from '@tensorflow/tfjs-core';

/** A tensor, or nested arrays and numbers that make one. */
export type Input<T extends tf.Tensor> = T | tf.TensorLike;

interface Rule {
  forward: (x: tf.Tensor) => tf.Tensor;
  /** The gradient with respect to x from the gradient dy of the value y. */
  backward: (dy: tf.Tensor, x: tf.Tensor, y: tf.Tensor) => tf.Tensor;
}

/**
 * Applies a function with its own exact gradient: one forward and one backward rule instead of a chain of taped operations.
 * The rule itself is not taped, so gradients of gradients are not available.
 */
export function withGradient<T extends tf.Tensor>(x: Input<T>, { forward, backward }: Rule): T {
  const apply = tf.customGrad((given, save) => {
    const [x, saved] = [given as tf.Tensor, save as tf.GradSaveFunc];
    const y = forward(x);
    saved([x, y]);
    return { value: y, gradFunc: (dy, [x, y]) => backward(dy as tf.Tensor, x!, y!) };
  });
  return tf.tidy(() => apply(x instanceof tf.Tensor ? x : tf.tensor(x))) as T;
}

/** Runs a fused kernel on the current backend when it has one of that name, and composes operations otherwise. */
export function fused(
  kernel: string,
  inputs: tf.NamedTensorMap,
  attributes: tf.NamedAttrMap,
  compose: () => tf.Tensor,
): tf.Tensor {
  if (!tf.getKernel(kernel, tf.getBackend())) return compose();
  return tf.engine().runKernel(kernel, inputs, attributes);
}
