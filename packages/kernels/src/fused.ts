import { assertArgument, func, type Kind, nearestName, object, required, show, text } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { Kernels, ListKernels } from './kernels';

const kernelName = required(text);
const objectOfTensors: Kind = { ...object, expected: 'an object of tensors by name', required: true };
const attributesKind: Kind = { ...object, expected: 'an object of attributes, {} for none', required: true };

/** Whether the current backend has all kernels of these names. */
export function hasKernels(...names: (keyof Kernels | keyof ListKernels | (string & {}))[]): boolean {
  for (const name of names) assertArgument('hasKernels', 'a name', name, kernelName);
  return names.every((name) => tf.getKernel(name, tf.getBackend()) !== undefined);
}

/**
 * Whether tfjs's tape records operations now. A fused kernel has no gradient on the tape, but its composition has one.
 * Within `withGradient` nothing is recorded, because the rule provides the gradient.
 */
const isRecording = (): boolean => {
  const { gradientDepth, kernelDepth } = tf.engine().state;
  return gradientDepth > 0 && kernelDepth === 0;
};

/**
 * Runs a kernel of the current backend and returns one tensor for each output. It has no gradient.
 *
 * @throws when the backend has no such kernel; check with {@link hasKernels}
 */
export function runKernel<K extends keyof Kernels>(
  kernel: K,
  inputs: Kernels[K]['inputs'],
  attributes: Kernels[K]['attributes'],
): tf.Tensor[] {
  assertCall('runKernel', kernel, inputs, attributes);
  if (!hasKernels(kernel)) throw unknownKernel(kernel);
  const defined = Object.fromEntries(Object.entries(inputs).filter(([, tensor]) => tensor !== undefined));
  const outputs: tf.Tensor | tf.Tensor[] = tf
    .engine()
    .runKernel(kernel, defined as tf.NamedTensorMap, attributes as unknown as tf.NamedAttrMap);
  return Array.isArray(outputs) ? outputs : [outputs];
}

/**
 * Runs a fused kernel where the current backend has it, and composes operations elsewhere. It also composes while tfjs's
 * tape records outside a rule of `withGradient`. Build the composition from operations that have gradients.
 *
 * @param kernel a name from {@link Kernels}; declare your own kernels by merging into that interface
 * @param inputs by name; inputs that are undefined are left out
 * @param compose computes the same outputs from tfjs operations
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
  assertCall('fused', kernel, inputs, attributes);
  assertArgument('fused', 'compose', compose, required(func));
  if (isRecording() || !canRun(kernel, attributes)) return compose();
  return runKernel(kernel, inputs, attributes);
}

const listsKind: Kind = {
  expected: 'arrays of tensors, all of one length',
  accepts: (value) =>
    Array.isArray(value) &&
    value.every(
      (list) =>
        Array.isArray(list) &&
        list.length === value[0].length &&
        list.every((tensor) => tensor instanceof tf.Tensor),
    ),
  required: true,
};

/**
 * Runs a kernel on lists of tensors: all tensors of the first list, then all of the second, …
 *
 * @returns the outputs of each list entry; undefined when the current backend does not have the kernel
 */
export function fusedList<K extends keyof ListKernels>(
  kernel: K,
  lists: readonly (readonly tf.Tensor[])[],
  attributes: ListKernels[K],
): tf.Tensor[][] | undefined {
  assertArgument('fusedList', 'kernel', kernel, kernelName);
  assertArgument('fusedList', 'lists', lists, listsKind);
  assertArgument('fusedList', 'attributes', attributes, attributesKind);
  const n = lists[0]?.length ?? 0;
  if (n === 0 || isRecording() || !hasKernels(kernel)) return undefined;
  const inputs = lists.flat() as tf.TensorContainerArray as unknown as tf.NamedTensorMap;
  const outputs = tf.engine().runKernel(kernel, inputs, attributes as unknown as tf.NamedAttrMap) as
    | tf.Tensor
    | tf.Tensor[] as tf.Tensor[];
  const each = Array.from({ length: outputs.length / n }, (_, o) => o);
  return lists[0]!.map((_, i) => each.map((o) => outputs[o * n + i]!));
}

/** The configuration that a backend registers for a kernel with the attribute `function`. */
export interface FunctionKernelConfig extends tf.KernelConfig {
  /** Names of the activation functions that the kernel supports, such as 'silu'. */
  functions: readonly string[];
}

/**
 * Whether the current backend supports an activation function, given by name, in this kernel.
 *
 * @example
 * canFuse('BatchNormActivation', gelu.kernel);
 */
export function canFuse(kernel: keyof Kernels, functionName: string | undefined): boolean {
  assertArgument('canFuse', 'kernel', kernel, kernelName);
  assertArgument('canFuse', 'functionName', functionName, text);
  if (functionName === undefined) return false;
  const config = tf.getKernel(kernel, tf.getBackend()) as Partial<FunctionKernelConfig> | undefined;
  return config?.functions?.includes(functionName) ?? false;
}

const canRun = (kernel: keyof Kernels, attributes: object): boolean =>
  'function' in attributes ? canFuse(kernel, attributes.function as string) : hasKernels(kernel);

function assertCall(name: string, kernel: string, inputs: object, attributes: object): void {
  assertArgument(name, 'kernel', kernel, kernelName);
  assertArgument(name, 'inputs', inputs, objectOfTensors);
  for (const [key, tensor] of Object.entries(inputs)) {
    if (tensor !== undefined && !(tensor instanceof tf.Tensor && !tensor.isDisposed)) {
      throw new Error(`${name}: the input ${key} of ${kernel} is ${show(tensor)}; give a tensor`);
    }
  }
  assertArgument(name, 'attributes', attributes, attributesKind);
}

function unknownKernel(kernel: string): Error {
  const backend = tf.getBackend();
  const nearest = nearestName(
    kernel,
    tf.getKernelsForBackend(backend).map(({ kernelName }) => kernelName),
  );
  const meant = nearest ? `did you mean ${nearest}? ` : '';
  return new Error(
    `runKernel: the backend ${backend} has no kernel ${show(kernel)}; ${meant}check with hasKernels, or call fused, which composes what the backend lacks`,
  );
}
