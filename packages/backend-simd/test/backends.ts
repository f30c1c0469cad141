// Backends of every variant and thread count, and kernels run on them directly.
import { setFlagsFromString } from 'node:v8';
import type { Adapter } from '@tenfold/kernel-cases';
import { createRng } from '@tenfold/random';
import { getKernel, type KernelConfig, type NamedAttrMap, type TensorInfo } from '@tensorflow/tfjs-core';
import { SimdBackend } from '../src/backend';
import { kernels } from '../src/kernels';
import { createRuntime } from '../src/runtime';
import { hasRelaxedSimd, type Variant } from '../src/variants';
import { GuardedArena } from './guarded-arena';

// Node 20 has relaxed SIMD behind this flag; in later versions it is on.
if (!hasRelaxedSimd()) setFlagsFromString('--experimental-wasm-relaxed-simd');

export interface Tested {
  name: string;
  backend: SimdBackend;
}

/**
 * Backends for each variant that this engine supports, with one and two threads, and the wide variant with two. Their memory is
 * guarded; see {@link GuardedArena}.
 */
export async function testedBackends(): Promise<Tested[]> {
  const pairs: [Variant, number][] = [
    ['baseline', 1],
    ['baseline', 2],
  ];
  if (hasRelaxedSimd()) pairs.push(['relaxed', 1], ['relaxed', 2], ['wide', 2]);
  const tested: Tested[] = [];
  for (const [variant, threads] of pairs) {
    const runtime = createRuntime({ threads, variant, Arena: GuardedArena });
    tested.push({ name: `${variant}, ${threads} threads`, backend: new SimdBackend(runtime) });
    while (runtime.pool && runtime.pool.online < threads - 1)
      await new Promise((done) => setTimeout(done, 1));
  }
  return tested;
}

/** A float32 tensor of normally distributed numbers on a backend. */
export function randomTensor(backend: SimdBackend, shape: number[], seed = 1): TensorInfo {
  const values = new Float32Array(shape.reduce((x, y) => x * y, 1));
  createRng(seed).fillNormal(values);
  return backend.makeTensorInfo(shape, 'float32', values);
}

/** Runs one kernel and returns its only output. */
export function runKernel(
  kernel: KernelConfig,
  backend: SimdBackend,
  inputs: Record<string, TensorInfo>,
  attrs: object = {},
): TensorInfo {
  return kernel.kernelFunc({ inputs, backend, attrs: attrs as NamedAttrMap }) as TensorInfo;
}

/** Runs cases of @tenfold/kernel-cases on a backend, and fails when a kernel leaves memory behind. */
export const createAdapter =
  (backend: SimdBackend): Adapter =>
  (kernelName, operands, attributes) => {
    // Those that it takes from tfjs's CPU backend too.
    const kernel = kernels.find((config) => config.kernelName === kernelName) ?? getKernel(kernelName, 'cpu');
    if (!kernel) throw new Error(`the simd backend has no kernel ${kernelName}`);
    const before = backend.memory().arenaBytes;
    const inputs = Object.fromEntries(
      Object.entries(operands).map(([name, { shape, values, dtype }]) => [
        name,
        backend.makeTensorInfo(
          [...shape],
          dtype ?? 'float32',
          dtype === 'bool' ? Uint8Array.from(values) : values,
        ),
      ]),
    );
    const outputs = [kernel.kernelFunc({ inputs, backend, attrs: attributes as NamedAttrMap })].flat();
    const results = outputs.map(({ shape, dataId }) => ({
      shape,
      values: backend.readSync(dataId) as Float32Array,
    }));
    for (const { dataId } of [...Object.values(inputs), ...outputs]) backend.disposeData(dataId);
    const left = backend.memory().arenaBytes - before;
    if (left !== 0) throw new Error(`${kernelName} left ${left} bytes in the arena`);
    return results;
  };
