import * as tf from '@tensorflow/tfjs-core';

/** The two passes of an operation with its own gradient; see {@link withGradient}. */
export interface GradientRule {
  /** The value, and the tensors that the gradient needs: they live until the backward pass, so name as few as possible. */
  forward: (...inputs: tf.Tensor[]) => { value: tf.Tensor; saved: tf.Tensor[] };
  /** The gradients with respect to the inputs, in their order, from the gradient dy of the value. */
  backward: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.Tensor[];
}

/**
 * An operation with its own exact gradient in place of a chain of taped operations.
 *
 * In a gradient of a gradient the rule steps aside: `forward` runs on tfjs's tape, where {@link fused} composes tfjs
 * operations, so second derivatives are those of the composition. A rule whose forward pass runs a kernel without a
 * composition has none, and tfjs says so.
 *
 * @param inputs tensors, not disposed
 * @returns the value; intermediates of both passes are disposed
 * @example
 * const square = (x) => withGradient([x], {
 *   forward: (x) => ({ value: tf.square(x), saved: [x] }),
 *   backward: (dy, [x]) => [tf.mul(dy, tf.mul(x, 2))],
 * });
 */
export function withGradient(inputs: tf.Tensor[], { forward, backward }: GradientRule): tf.Tensor {
  if (tf.engine().state.gradientDepth > 1) return tf.tidy(() => forward(...inputs).value);
  const apply = tf.customGrad((...args) => {
    const save = args.pop() as tf.GradSaveFunc;
    const { value, saved } = forward(...(args as tf.Tensor[]));
    save(saved);
    // Without the tidy every intermediate would live until the whole backward pass is over.
    return { value, gradFunc: (dy, saved) => tf.tidy(() => backward(dy, saved)) };
  });
  return apply(...inputs);
}
