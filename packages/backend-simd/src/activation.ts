import { getKernel, type TensorInfo } from '@tensorflow/tfjs-core';
import type { SimdBackend } from './backend';

/** How a fused kernel ends: what wasm applies on the way out, and the tfjs kernel that has to follow, if any. */
export interface Ending {
  /** The number that assembly/finish.ts knows the activation by; 0 for none. */
  code: number;
  /** Slope of leakyrelu for negative inputs. */
  alpha: number;
  /** Kernel to apply afterwards. */
  kernel?: 'Elu' | 'Prelu' | 'Sigmoid';
}

const codes: Record<string, number> = { linear: 0, relu: 1, relu6: 2, leakyrelu: 3 };
const kernels: Record<string, Ending['kernel']> = { elu: 'Elu', prelu: 'Prelu', sigmoid: 'Sigmoid' };

export const linear: Ending = { code: 0, alpha: 0 };

/** @throws when tfjs has no activation of that name. */
export function endingOf(activation = 'linear', alpha = 0): Ending {
  const code = codes[activation];
  if (code !== undefined) return { code, alpha };
  const kernel = kernels[activation];
  if (kernel) return { code: 0, alpha: 0, kernel };
  throw new Error(`simd backend: unknown activation '${activation}'`);
}

/** The numbers by which assembly/activations.ts knows the activations of fused training kernels. */
const activations: Record<string, number> = { relu: 1, silu: 2, gelu: 3, geluTanh: 4 };

/** @throws when the kernel has no activation of that name. */
export function activationCode(kernelName: string, activation: string | undefined): number {
  const code = activations[activation ?? ''];
  if (code !== undefined) return code;
  const known = Object.keys(activations).join("', '");
  throw new Error(`${kernelName}: activation is '${activation}'; expected '${known}'`);
}

/** Applies the kernel of an ending, if it has one, to a fresh output. */
export function applyEnding(
  backend: SimdBackend,
  x: TensorInfo,
  { kernel }: Ending,
  prelu?: TensorInfo,
): TensorInfo {
  if (!kernel) return x;
  const inputs = kernel === 'Prelu' ? { x, alpha: prelu! } : { x };
  const out = getKernel(kernel, 'simd').kernelFunc({ inputs, backend, attrs: {} }) as TensorInfo;
  backend.disposeIntermediateTensorInfo(x);
  return out;
}
