import { getKernel, type KernelFunc } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-webgpu';

const originals = new Map<string, KernelFunc>();

/** Saves tfjs's own kernel of a name before another one replaces it. */
export function keepOriginal(kernelName: string): void {
  const kernel = getKernel(kernelName, 'webgpu');
  if (kernel && !originals.has(kernelName)) originals.set(kernelName, kernel.kernelFunc);
}

/** tfjs's own kernel of a name, for cases that this package's kernel does not cover. */
export function fallback(kernelName: string): KernelFunc {
  const original = originals.get(kernelName);
  if (!original)
    throw new Error(`${kernelName}: tfjs-backend-webgpu has no kernel of this name to fall back to`);
  return original;
}
