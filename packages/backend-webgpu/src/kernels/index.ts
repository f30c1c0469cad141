import * as tf from '@tensorflow/tfjs-core';
import { activationKernels } from './activations';

/** All kernels of this package; those that tfjs's backend has too take their place. */
export const kernels: tf.KernelConfig[] = [...activationKernels];

/** Registers the kernels; a second call does nothing. */
export function registerKernels(): void {
  for (const kernel of kernels) {
    const { kernelName, backendName } = kernel;
    const present = tf.getKernel(kernelName, backendName);
    if (present?.kernelFunc === kernel.kernelFunc) continue;
    if (present) tf.unregisterKernel(kernelName, backendName);
    tf.registerKernel(kernel);
  }
}
