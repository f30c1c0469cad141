import * as tf from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import { fallback } from '../fallback';
import { readsFloat16, storeActivation } from '../store-activation';
import { runElementwise } from './elementwise';

/** tfjs's relu, and one for float16 values. */
export const relu: tf.KernelConfig = {
  kernelName: tf.Relu,
  backendName: 'webgpu',
  kernelFunc: (call) => {
    const { x } = call.inputs as { x: tf.TensorInfo };
    const backend = call.backend as WebgpuBackend;
    if (!readsFloat16(backend, x)) return fallback(tf.Relu)(call);
    const out = backend.output(x.shape);
    const body = 'store_out(i, select(load_x(i), T(0.0), load_x(i) < T(0.0)));';
    const run = (inputs: Record<string, tf.TensorInfo>) =>
      runElementwise(backend, { name: 'relu', inputs, outputs: { out }, body });
    storeActivation(backend, { x }, out, run);
    return out;
  },
};
