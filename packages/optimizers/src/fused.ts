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
