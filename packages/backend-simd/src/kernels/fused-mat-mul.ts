import {
  _FusedMatMul,
  type _FusedMatMulAttrs,
  type _FusedMatMulInputs,
  type KernelConfig,
  util,
} from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend';
import { applyEpilogue, parseEpilogue } from '../epilogue';
import { fallback } from '../fallback';
import { matrixProduct } from '../matrix-product';

/** C = activation(op(A) op(B) + bias), with one bias per column. */
export const fusedMatMul: KernelConfig = {
  kernelName: _FusedMatMul,
  backendName: 'simd',
  kernelFunc: (params) => {
    const { a, b, bias, preluActivationWeights } = params.inputs as _FusedMatMulInputs;
    const { transposeA, transposeB, activation, leakyreluAlpha } =
      params.attrs as unknown as _FusedMatMulAttrs;
    const columns = b.shape[transposeB ? b.shape.length - 2 : b.shape.length - 1];
    const perColumn =
      !bias ||
      (bias.dtype === 'float32' &&
        bias.shape.at(-1) === columns &&
        util.sizeFromShape(bias.shape) === columns);
    if (a.dtype !== 'float32' || b.dtype !== 'float32' || !perColumn) return fallback(_FusedMatMul)(params);
    const simd = params.backend as SimdBackend;
    const epilogue = parseEpilogue(activation, leakyreluAlpha);
    const out = matrixProduct(simd, { a, b, transposeA, transposeB, bias, epilogue });
    return out ? applyEpilogue(simd, out, epilogue, preluActivationWeights) : fallback(_FusedMatMul)(params);
  },
};
