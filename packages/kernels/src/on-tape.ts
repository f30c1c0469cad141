import {
  assertArgument,
  assertOptions,
  flag,
  func,
  type Kinds,
  listOf,
  required,
  text,
} from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';

/** The gradient rule of a kernel on tfjs's tape; see {@link onTape}. */
export interface TapeRule {
  /** Names of the inputs that the gradient needs. They are saved until the backward pass. */
  keeps: string[];
  /** Whether the gradient needs the output too; false by default. */
  keepsOutput?: boolean;
  /**
   * Functions that compute the gradient of each input, by name. Only the functions whose result is needed are called. Build
   * them from operations that have gradients, so that second derivatives are correct.
   *
   * @param kept the saved inputs in the order of `keeps`, then the output
   */
  gradient: (
    dy: tf.Tensor,
    kept: tf.Tensor[],
    attributes: tf.NamedAttrMap,
  ) => { [input: string]: () => tf.Tensor };
}

const kinds: Kinds<TapeRule> = {
  keeps: required(listOf(text)),
  keepsOutput: flag,
  gradient: required(func),
};

/**
 * Puts a kernel itself on tfjs's tape, with a separate gradient for each input that is computed only when it is needed.
 *
 * `withGradient` computes the gradients of all inputs together. That is wasteful when a large one is not needed, such as the
 * gradient of a network's input or of frozen filters. tfjs keeps one gradient per kernel name; an existing registration is
 * not replaced.
 *
 * @param kernel a kernel with one output, such as '_FusedMatMul'
 * @returns a function that runs the kernel; inputs that are undefined are left out
 * @example
 * const product = onTape('_FusedMatMul', {
 *   keeps: ['a', 'b'],
 *   gradient: (dy, [a, b]) => ({ a: () => tf.matMul(dy, b, false, true), b: () => tf.matMul(a, dy, true) }),
 * });
 */
export function onTape(
  kernel: string,
  rule: TapeRule,
): (inputs: { [name: string]: tf.Tensor | undefined }, attributes: tf.NamedAttrMap) => tf.Tensor {
  assertArgument('onTape', 'kernel', kernel, required(text));
  assertOptions('onTape', rule, kinds);
  const { keeps, keepsOutput = false, gradient } = rule;
  return (inputs, attributes) => {
    // Registered on the first call, so that importing the module has no side effects.
    if (!tf.getGradient(kernel)) {
      tf.registerGradient({
        kernelName: kernel,
        inputsToSave: keeps,
        outputsToSave: [keepsOutput],
        gradFunc: (dy, kept, attributes) => gradient(dy as tf.Tensor, kept, attributes),
      });
    }
    const defined = Object.fromEntries(Object.entries(inputs).filter(([, tensor]) => tensor !== undefined));
    return tf.engine().runKernel(kernel, defined as tf.NamedTensorMap, attributes);
  };
}
