import { Cast, type CastAttrs, type KernelConfig, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend';
import { fallback } from '../fallback';
import type { TensorRecord } from '../tensor-record';
import { runUnary } from './unary';

/**
 * Casts to another dtype. A cast from int32 to float32 copies, because tfjs's CPU kernel keeps the integer array, which wasm would
 * read as floats.
 */
export const cast: KernelConfig = {
  kernelName: Cast,
  backendName: 'simd',
  kernelFunc: (call) => {
    const { x } = call.inputs as { x: TensorInfo };
    const { dtype } = call.attrs as unknown as CastAttrs;
    const simd = call.backend as SimdBackend;
    if (x.dtype === 'bool' && (dtype === 'float32' || dtype === 'int32')) {
      const bytes = simd.data.get(x.dataId).values as Uint8Array;
      return simd.makeTensorInfo(
        x.shape,
        dtype,
        dtype === 'int32' ? Int32Array.from(bytes) : Float32Array.from(bytes),
      );
    }
    if (x.dtype !== 'int32' || dtype !== 'float32') return fallback(Cast)(call);
    const { values, pointer } = simd.data.get(x.dataId) as TensorRecord;
    if (pointer !== 0 && util.sizeFromShape(x.shape) > 0) return runUnary(simd, 'fromInteger', x);
    return simd.makeTensorInfo(x.shape, 'float32', Float32Array.from(values as Int32Array));
  },
};
