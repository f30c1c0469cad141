import '@tenfold/gradients';
import * as tf from '@tensorflow/tfjs-core';

const kernels = Object.values(tf).filter((value) => typeof value === 'string');
const registered = new Map(
  kernels.flatMap((name) => tf.getGradient(name) ?? []).map((g) => [g.kernelName, g]),
);

/**
 * Restores the gradients of @tenfold/gradients that were replaced since the first call in this process, for example by importing
 * tfjs-layers.
 */
export function restoreGradients(): void {
  for (const [name, gradient] of registered) {
    const current = tf.getGradient(name);
    if (current === gradient) continue;
    if (current) tf.unregisterGradient(name);
    tf.registerGradient(gradient);
  }
}
