import * as tf from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import { fallback } from '../fallback';
import { CLAMP_NUMBER } from './clamp';
import { runElementwise } from './elementwise';

/** min(max(x, 0), 6); NaN stays NaN, where tfjs's clamp makes a number of it. */
export const relu6: tf.KernelConfig = {
  kernelName: tf.Relu6,
  backendName: 'webgpu',
  kernelFunc: (call) => {
    const { x } = call.inputs as { x: tf.TensorInfo };
    if (x.dtype !== 'float32') return fallback(tf.Relu6)(call);
    const backend = call.backend as WebgpuBackend;
    const out = backend.output(x.shape);
    runElementwise(backend, {
      name: 'relu6',
      inputs: { x },
      outputs: { out },
      declarations: CLAMP_NUMBER,
      body: 'store_out(i, clampNumber(load_x(i), 0.0, 6.0));',
    });
    return out;
  },
};
