import * as tf from '@tensorflow/tfjs-core';

interface Rule {
  /** The value, and the tensors its gradient needs. */
  forward: (...inputs: tf.Tensor[]) => { value: tf.Tensor; saved: tf.Tensor[] };
  /** The gradients with respect to the inputs, in their order. */
  backward: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.Tensor[];
}

/**
 * An operation with its own exact gradient in place of a chain of taped operations. The rule itself is not taped, so
 * gradients of gradients are not available.
 */
export function withGradient(inputs: tf.Tensor[], { forward, backward }: Rule): tf.Tensor {
  const apply = tf.customGrad((...args) => {
    const save = args.pop() as tf.GradSaveFunc;
    const { value, saved } = forward(...(args as tf.Tensor[]));
    save(saved);
    // Without the tidy every intermediate would live until the whole backward pass is over.
    return { value, gradFunc: (dy, saved) => tf.tidy(() => backward(dy, saved)) };
  });
  return apply(...inputs);
}

/** Whether the current backend has all kernels of these names. */
export const hasKernels = (...names: string[]): boolean =>
  names.every((name) => tf.getKernel(name, tf.getBackend()) !== undefined);

/** Runs a kernel with several outputs. */
export function runKernel(name: string, inputs: tf.NamedTensorMap, attributes: tf.NamedAttrMap): tf.Tensor[] {
  return tf.engine().runKernel(name, inputs, attributes) as tf.Tensor | tf.Tensor[] as tf.Tensor[];
}
