import {
  BatchMatMul,
  type BatchMatMulAttrs,
  type KernelConfig,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend';
import { fallback } from '../fallback';
import { matrixProduct } from '../matrix-product';

/** C = op(A) op(B) over the last two axes, with the others broadcast. */
export const batchMatMul: KernelConfig = {
  kernelName: BatchMatMul,
  backendName: 'simd',
  kernelFunc: (params) => {
    const { a, b } = params.inputs as { a: TensorInfo; b: TensorInfo };
    const { transposeA, transposeB } = params.attrs as unknown as BatchMatMulAttrs;
    if (a.dtype !== 'float32' || b.dtype !== 'float32') return fallback(BatchMatMul)(params);
    const out = matrixProduct(params.backend as SimdBackend, { a, b, transposeA, transposeB });
    return out ?? fallback(BatchMatMul)(params);
  },
};
