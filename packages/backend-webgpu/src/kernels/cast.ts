import * as tf from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import { fallback } from '../fallback';
import { toFloat32 } from '../to-float32';

/**
 * tfjs's cast, but integers and booleans become float32 values. tfjs's own gives their buffer another dtype and leaves its
 * numbers as they are, so a kernel that reads the buffer itself, as a transposition does, fails to compile.
 */
export const cast: tf.KernelConfig = {
  kernelName: tf.Cast,
  backendName: 'webgpu',
  kernelFunc: (call) => {
    const { x } = call.inputs as { x: tf.TensorInfo };
    const { dtype } = call.attrs as unknown as tf.CastAttrs;
    const converts = dtype === 'float32' && (x.dtype === 'int32' || x.dtype === 'bool');
    if (!converts || tf.util.sizeFromShape(x.shape) === 0) return fallback(tf.Cast)(call);
    const backend = call.backend as WebgpuBackend;
    const { values } = backend.tensorMap.get(x.dataId);
    if (values)
      return backend.makeTensorInfo(x.shape, dtype, Float32Array.from(values as tf.backend_util.TypedArray));
    const y = backend.output(x.shape);
    toFloat32(backend, x, 'i32', y);
    return y;
  },
};
