import { getKernel, type KernelFunc } from '@tensorflow/tfjs-core';

/** tfjs's CPU kernel of that name, for cases that a wasm kernel does not take. */
export function fallback(kernelName: string): KernelFunc {
  const config = getKernel(kernelName, 'cpu');
  if (!config) throw new Error(`simd backend: tfjs-backend-cpu has no kernel ${kernelName}`);
  return config.kernelFunc;
}
