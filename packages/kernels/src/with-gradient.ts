import { assertOptions, func, type Kinds, required, show } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';

/** The two passes of an operation with its own gradient; see {@link withGradient}. */
export interface GradientRule {
  /** The value, and the tensors that the gradient needs: they live until the backward pass, so name as few as possible. */
  forward: (...inputs: tf.Tensor[]) => { value: tf.Tensor; saved: tf.Tensor[] };
  /** The gradients with respect to the inputs, in their order, from the gradient dy of the value. */
  backward: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.Tensor[];
}

const kinds: Kinds<GradientRule> = { forward: required(func), backward: required(func) };

/**
 * An operation with its own exact gradient in place of a chain of taped operations.
 *
 * In a gradient of a gradient the rule steps aside: `forward` runs on tfjs's tape, where {@link fused} composes tfjs
 * operations, so second derivatives are those of the composition. A rule whose forward pass runs a kernel without a
 * composition has none, and tfjs says so.
 *
 * @param inputs tensors, not disposed
 * @returns the value; intermediates of both passes are disposed
 * @throws when an input is not a tensor, or the rule is not `{ forward, backward }`
 * @example
 * const square = (x) => withGradient([x], {
 *   forward: (x) => ({ value: tf.square(x), saved: [x] }),
 *   backward: (dy, [x]) => [tf.mul(dy, tf.mul(x, 2))],
 * });
 */
export function withGradient(inputs: tf.Tensor[], rule: GradientRule): tf.Tensor {
  assertTensors(inputs);
  assertOptions('withGradient', rule, kinds);
  const { backward } = rule;
  const forward = (...tensors: tf.Tensor[]) => checked(rule.forward(...tensors));
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

function assertTensors(inputs: tf.Tensor[]): void {
  if (!Array.isArray(inputs)) {
    throw new Error(`withGradient: inputs is ${show(inputs)}; give an array of tensors`);
  }
  const wrong = inputs.find((input) => !(input instanceof tf.Tensor && !input.isDisposed));
  if (wrong !== undefined || inputs.includes(undefined as unknown as tf.Tensor)) {
    throw new Error(`withGradient: an input is ${show(wrong)}; give tensors that still hold their values`);
  }
}

function checked(result: ReturnType<GradientRule['forward']>): ReturnType<GradientRule['forward']> {
  const isTensor = (value: unknown) => value instanceof tf.Tensor;
  if (isTensor(result?.value) && Array.isArray(result.saved) && result.saved.every(isTensor)) return result;
  throw new Error(`withGradient: forward returned ${show(result)}; return { value, saved: [tensors] }`);
}
