import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend';
import { fallback } from '../fallback';
import { NULL, type Pointer } from '../pointer';
import { planBroadcast } from './broadcast';
import { chooseGrain, limits } from './grain';
import { withTable } from './table';

/** The index of an operation is its code in assembly/binary.ts. */
const operations = [
  tf.Add,
  tf.Sub,
  tf.Multiply,
  tf.RealDiv,
  tf.Maximum,
  tf.Minimum,
  tf.SquaredDifference,
  tf.Prelu,
] as const;

/**
 * Runs an operation of two float32 tensors in wasm.
 *
 * @returns undefined if the kernel does not support the broadcasting.
 */
export function runBinary(
  simd: SimdBackend,
  kernelName: (typeof operations)[number],
  a: TensorInfo,
  b: TensorInfo,
): TensorInfo | undefined {
  const plan = planBroadcast(a.shape, b.shape);
  if (!plan) return undefined;
  const { shape, stepA, stepB, inner, items, layout } = plan;
  const from = [simd.pointer(a), simd.pointer(b)] as const;
  const out = simd.output(shape);
  const work = layout || stepA === 2 || stepB === 2 ? inner : 1;
  const run = (table: Pointer) =>
    simd.parallel(
      'binary',
      [operations.indexOf(kernelName), ...from, simd.pointer(out), stepA, stepB, inner, table],
      items,
      chooseGrain(simd, items, work),
    );
  if (layout) withTable(simd, layout, run);
  else run(NULL);
  return out;
}

/** out = f(a, b) with broadcasting, for float32; tfjs's CPU kernel handles other dtypes. */
function binary(kernelName: (typeof operations)[number]): KernelConfig {
  return {
    kernelName,
    backendName: 'simd',
    kernelFunc: (call) => {
      const { a, b } = operands(call.inputs as Record<string, TensorInfo>);
      const float = a.dtype === 'float32' && b.dtype === 'float32';
      if (!float || !worthwhile(a, b)) return fallback(kernelName)(call);
      return runBinary(call.backend as SimdBackend, kernelName, a, b) ?? fallback(kernelName)(call);
    },
  };
}

// Prelu has other names for its operands.
function operands({ a, b, x, alpha }: Record<string, TensorInfo>): { a: TensorInfo; b: TensorInfo } {
  return { a: a ?? x!, b: b ?? alpha! };
}

function worthwhile(a: TensorInfo, b: TensorInfo): boolean {
  const sizeA = tf.util.sizeFromShape(a.shape);
  const sizeB = tf.util.sizeFromShape(b.shape);
  return sizeA > 0 && sizeB > 0 && Math.max(sizeA, sizeB) >= limits.small;
}

/** a + b + c + … for tensors of the same shape. */
const addN: KernelConfig = {
  kernelName: tf.AddN,
  backendName: 'simd',
  kernelFunc: (call) => {
    const simd = call.backend as SimdBackend;
    const tensors = call.inputs as unknown as TensorInfo[];
    const [first, second, ...rest] = tensors;
    const float = tensors.every(({ dtype }) => dtype === 'float32');
    if (!second || !float || !worthwhile(first!, second)) return fallback(tf.AddN)(call);
    let sum = runBinary(simd, tf.Add, first!, second)!;
    for (const next of rest) {
      const longer = runBinary(simd, tf.Add, sum, next)!;
      simd.disposeIntermediateTensorInfo(sum);
      sum = longer;
    }
    return sum;
  },
};

/** Functions of two tensors. */
export const binaryKernels: KernelConfig[] = [...operations.map(binary), addN];
