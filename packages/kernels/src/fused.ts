import * as tf from '@tensorflow/tfjs-core';
import type { Kernels, ListKernels } from './kernels';

/** Whether the current backend has all kernels of these names. */
export const hasKernels = (...names: (keyof Kernels | keyof ListKernels | (string & {}))[]): boolean =>
  names.every((name) => tf.getKernel(name, tf.getBackend()) !== undefined);

/**
 * Whether operations that run now go on tfjs's tape: a fused kernel has no gradient there, its composition has.
 * Within `withGradient` they do not, since the rule has the gradient.
 */
const isRecording = (): boolean => {
  const { gradientDepth, kernelDepth } = tf.engine().state;
  return gradientDepth > 0 && kernelDepth === 0;
};

/** Runs a kernel of the current backend, without its being differentiable; one tensor for each output. */
export function runKernel<K extends keyof Kernels>(
  kernel: K,
  inputs: Kernels[K]['inputs'],
  attributes: Kernels[K]['attributes'],
): tf.Tensor[] {
  const given = Object.fromEntries(Object.entries(inputs).filter(([, tensor]) => tensor !== undefined));
  const outputs: tf.Tensor | tf.Tensor[] = tf
    .engine()
    .runKernel(kernel, given as tf.NamedTensorMap, attributes as unknown as tf.NamedAttrMap);
  return Array.isArray(outputs) ? outputs : [outputs];
}

/**
 * Runs a fused kernel where the current backend has it, and composes operations otherwise. It composes, too, while a
 * gradient is recorded outside of a rule of `withGradient`, so the composition must be made of operations that have
 * gradients.
 *
 * @param kernel a name of the contract; one of your own is declared by merging into the interface {@link Kernels}
 * @param inputs by name; one that is undefined is left out
 * @param compose the same outputs from tfjs operations
 * @returns one tensor for each output of the kernel
 * @example
 * const [y] = fused('Activation', { x }, { function: 'silu' }, () => [tf.mul(x, tf.sigmoid(x))]);
 */
export function fused<K extends keyof Kernels>(
  kernel: K,
  inputs: Kernels[K]['inputs'],
  attributes: Kernels[K]['attributes'],
  compose: () => tf.Tensor[],
): tf.Tensor[] {
  if (isRecording() || !canRun(kernel, attributes)) return compose();
  return runKernel(kernel, inputs, attributes);
}

/**
 * Runs a kernel that takes lists: all tensors of the first list, then all of the second, …
 *
 * @returns for each entry of the lists its outputs; undefined where the current backend has no such kernel
 */
export function fusedList<K extends keyof ListKernels>(
  kernel: K,
  lists: readonly (readonly tf.Tensor[])[],
  attributes: ListKernels[K],
): tf.Tensor[][] | undefined {
  const n = lists[0]?.length ?? 0;
  if (n === 0 || isRecording() || !hasKernels(kernel)) return undefined;
  const inputs = lists.flat() as tf.TensorContainerArray as unknown as tf.NamedTensorMap;
  const outputs = tf.engine().runKernel(kernel, inputs, attributes as unknown as tf.NamedAttrMap) as
    | tf.Tensor
    | tf.Tensor[] as tf.Tensor[];
  const each = Array.from({ length: outputs.length / n }, (_, o) => o);
  return lists[0]!.map((_, i) => each.map((o) => outputs[o * n + i]!));
}

/** What a backend registers for a kernel that takes an activation function by name: the names that it knows. */
export interface FunctionKernelConfig extends tf.KernelConfig {
  /** Names of the activation functions, such as 'silu'. */
  functions: readonly string[];
}

/**
 * Whether the current backend runs this kernel with the activation function of that name.
 *
 * @example
 * canFuse('BatchNormActivation', gelu.kernel);
 */
export function canFuse(kernel: keyof Kernels, functionName: string | undefined): boolean {
  if (functionName === undefined) return false;
  const config = tf.getKernel(kernel, tf.getBackend()) as Partial<FunctionKernelConfig> | undefined;
  return config?.functions?.includes(functionName) ?? false;
}

const canRun = (kernel: keyof Kernels, attributes: object): boolean =>
  'function' in attributes ? canFuse(kernel, attributes.function as string) : hasKernels(kernel);
