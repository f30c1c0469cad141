import { type KernelConfig, Pow, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend';
import { fallback } from '../fallback';
import { limits } from './grain';
import { runUnary, type UnaryKernel } from './unary';

/** Exponents for which no logarithm is needed. */
const simple = new Map<number, UnaryKernel>([
  [-1, 'reciprocal'],
  [0.5, 'squareRootPower'],
  [1.5, 'threeHalvesPower'],
  [2, 'square'],
  [3, 'cube'],
]);

/** a^b for a scalar b in {@link simple}; tfjs's CPU kernel handles other powers. */
export const pow: KernelConfig = {
  kernelName: Pow,
  backendName: 'simd',
  kernelFunc: (call) => {
    const { a, b } = call.inputs as { a: TensorInfo; b: TensorInfo };
    const simd = call.backend as SimdBackend;
    const scalar = util.sizeFromShape(b.shape) === 1 && b.shape.length <= a.shape.length;
    const float = a.dtype === 'float32' && b.dtype === 'float32';
    if (!scalar || !float || util.sizeFromShape(a.shape) < limits.small) return fallback(Pow)(call);
    const [exponent] = simd.data.get(b.dataId).values as Float32Array;
    const name = simple.get(exponent!);
    return name ? runUnary(simd, name, a) : fallback(Pow)(call);
  },
};
