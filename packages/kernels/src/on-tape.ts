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

/** The gradient of a kernel on tfjs's tape; see {@link onTape}. */
export interface TapeRule {
  /** Names of the inputs that the gradient needs: they live until the backward pass. */
  keeps: string[];
  /** Whether the gradient needs the output too; false by default. */
  keepsOutput?: boolean;
  /**
   * The gradient for each input by name, as functions: only those that something needs are called. They must be made of
   * operations that have gradients, so that second derivatives are right.
   *
   * @param kept what was kept, in the order of `keeps`, then the output
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
 * A kernel that goes on tfjs's tape itself, with a gradient for each input that is computed only where something needs it.
 *
 * `withGradient` computes the gradients of all inputs together. That is waste where one of them is large and not wanted,
 * such as the gradient of a network's input, or of frozen filters. tfjs keeps one gradient for each kernel name: one that is
 * registered already stays.
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
    // On the first call and not before, so that importing a module has no effect.
    if (!tf.getGradient(kernel)) {
      tf.registerGradient({
        kernelName: kernel,
        inputsToSave: keeps,
        outputsToSave: [keepsOutput],
        gradFunc: (dy, kept, attributes) => gradient(dy as tf.Tensor, kept, attributes),
      });
    }
    const given = Object.fromEntries(Object.entries(inputs).filter(([, tensor]) => tensor !== undefined));
    return tf.engine().runKernel(kernel, given as tf.NamedTensorMap, attributes);
  };
}
