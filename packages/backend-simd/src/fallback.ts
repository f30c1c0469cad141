import { getKernel, type KernelFunc } from '@tensorflow/tfjs-core';

/** tfjs's CPU kernel, for cases that the wasm kernel does not support. */
export function fallback(kernelName: string): KernelFunc {
  const config = getKernel(kernelName, 'cpu');
  if (!config) throw new Error(`simd backend: tfjs-backend-cpu has no kernel ${kernelName}`);
  return config.kernelFunc;
}
