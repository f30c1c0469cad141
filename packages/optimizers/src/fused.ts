import * as tf from '@tensorflow/tfjs-core';

/** Runs a fused kernel on the current backend when it has one of that name, and composes operations otherwise. */
export function fused(
  kernel: string,
  inputs: tf.NamedTensorMap,
  attributes: tf.NamedAttrMap,
  compose: () => tf.Tensor[],
): tf.Tensor[] {
  if (!tf.getKernel(kernel, tf.getBackend())) return compose();
  const outputs: tf.Tensor | tf.Tensor[] = tf.engine().runKernel(kernel, inputs, attributes);
  return Array.isArray(outputs) ? outputs : [outputs];
}

/**
 * Runs a fused kernel that takes lists, all tensors of the first list, then all of the second, …
 *
 * @returns for each entry of the lists its outputs; undefined when the current backend has no such kernel
 */
export function fusedList(
  kernel: string,
  lists: tf.Tensor[][],
  attributes: tf.NamedAttrMap,
): tf.Tensor[][] | undefined {
  const n = lists[0]!.length;
  if (n === 0 || !tf.getKernel(kernel, tf.getBackend())) return undefined;
  const inputs = lists.flat() as tf.TensorContainerArray as unknown as tf.NamedTensorMap;
  const outputs = tf.engine().runKernel(kernel, inputs, attributes) as tf.Tensor | tf.Tensor[] as tf.Tensor[];
  const each = Array.from({ length: outputs.length / n }, (_, o) => o);
  return lists[0]!.map((_, i) => each.map((o) => outputs[o * n + i]!));
}
