import * as tf from '@tensorflow/tfjs-core';
import { fallback } from '../fallback';
import { emptyReduction } from './empty-reduction';

/** tfjs's product with the shape for keepDims, which tfjs ignores for small tensors on the CPU. */
export const prod: tf.KernelConfig = {
  kernelName: tf.Prod,
  backendName: 'webgpu',
  kernelFunc: (call) => {
    const { x } = call.inputs as { x: tf.TensorInfo };
    const { axis, keepDims } = call.attrs as unknown as tf.ProdAttrs;
    const ofNothing = emptyReduction(call, 1);
    if (ofNothing) return ofNothing;
    const out = fallback(tf.Prod)(call) as tf.TensorInfo;
    if (!keepDims) return out;
    const axes = tf.util.parseAxisParam(axis, x.shape);
    return { ...out, shape: x.shape.map((size, i) => (axes.includes(i) ? 1 : size)) };
  },
};
