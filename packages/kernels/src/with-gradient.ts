import { assertOptions, func, type Kinds, required, show } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';

/** The two passes of an operation with its own gradient; see {@link withGradient}. */
export interface GradientRule {
  /** The value, and the tensors that the gradient needs. They stay in memory until the backward pass, so save few. */
  forward: (...inputs: tf.Tensor[]) => { value: tf.Tensor; saved: tf.Tensor[] };
  /** The gradients with respect to the inputs, in order, from the gradient dy of the value. */
  backward: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.Tensor[];
}

const kinds: Kinds<GradientRule> = { forward: required(func), backward: required(func) };

/**
 * Runs an operation with an exact gradient rule instead of recording it as a chain of operations.
 *
 * Within a gradient of a gradient the rule is not used: `forward` runs on tfjs's tape, where {@link fused} composes tfjs
 * operations, so second derivatives are those of the composition. If the forward pass runs a kernel without a composition,
 * there is no second derivative, and tfjs throws.
 *
 * @param inputs tensors; they are not disposed
 * @returns the value; the intermediate tensors of both passes are disposed
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
  const forward = (...tensors: tf.Tensor[]) => checkResult(rule.forward(...tensors));
  if (tf.engine().state.gradientDepth > 1) return tf.tidy(() => forward(...inputs).value);
  const apply = tf.customGrad((...args) => {
    const save = args.pop() as tf.GradSaveFunc;
    const { value, saved } = forward(...(args as tf.Tensor[]));
    save(saved);
    // Without tidy, all intermediate tensors would live until the end of the whole backward pass.
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
    throw new Error(`withGradient: an input is ${show(wrong)}; give tensors that are not disposed`);
  }
}

function checkResult(result: ReturnType<GradientRule['forward']>): ReturnType<GradientRule['forward']> {
  const isTensor = (value: unknown) => value instanceof tf.Tensor;
  if (isTensor(result?.value) && Array.isArray(result.saved) && result.saved.every(isTensor)) return result;
  throw new Error(`withGradient: forward returned ${show(result)}; return { value, saved: [tensors] }`);
}
