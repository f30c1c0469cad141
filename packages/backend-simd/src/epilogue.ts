import { getKernel, type TensorInfo } from '@tensorflow/tfjs-core';
import type { SimdBackend } from './backend';

/** The epilogue of a fused kernel in wasm, and the tfjs kernel that must follow it, if any. */
export interface Epilogue {
  /** The number of the activation in assembly/epilogue.ts; 0 for none. */
  code: number;
  /** The slope of leakyrelu for negative inputs. */
  alpha: number;
  /** The kernel to run afterwards. */
  kernel?: 'Elu' | 'Prelu' | 'Sigmoid';
}

const codes: Record<string, number> = { linear: 0, relu: 1, relu6: 2, leakyrelu: 3 };
const kernels: Record<string, Epilogue['kernel']> = { elu: 'Elu', prelu: 'Prelu', sigmoid: 'Sigmoid' };

export const linear: Epilogue = { code: 0, alpha: 0 };

/** @throws when tfjs does not have this activation. */
export function parseEpilogue(activation = 'linear', alpha = 0): Epilogue {
  const code = codes[activation];
  if (code !== undefined) return { code, alpha };
  const kernel = kernels[activation];
  if (kernel) return { code: 0, alpha: 0, kernel };
  throw new Error(`simd backend: unknown activation '${activation}'`);
}

/** Runs the kernel of an epilogue, if there is one, on a new output. */
export function applyEpilogue(
  backend: SimdBackend,
  x: TensorInfo,
  { kernel }: Epilogue,
  prelu?: TensorInfo,
): TensorInfo {
  if (!kernel) return x;
  const inputs = kernel === 'Prelu' ? { x, alpha: prelu! } : { x };
  const out = getKernel(kernel, 'simd').kernelFunc({ inputs, backend, attrs: {} }) as TensorInfo;
  backend.disposeIntermediateTensorInfo(x);
  return out;
}
