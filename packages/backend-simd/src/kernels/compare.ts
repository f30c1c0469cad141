import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend';
import { fallback } from '../fallback';
import { NULL, type Pointer } from '../pointer';
import { planBroadcast } from './broadcast';
import { chooseGrain, limits } from './grain';
import { withTable } from './table';

/** The index of a comparison is its code in assembly/compare.ts. */
const comparisons = [tf.Equal, tf.Greater, tf.GreaterEqual, tf.Less, tf.LessEqual, tf.NotEqual];

/** out = a OP b with broadcasting, for float32; tfjs's CPU kernel handles other dtypes. */
function comparison(kernelName: string): KernelConfig {
  return {
    kernelName,
    backendName: 'simd',
    kernelFunc: (call) => {
      const { a, b } = call.inputs as { a: TensorInfo; b: TensorInfo };
      const plan = planBroadcast(a.shape, b.shape, { periodic: false });
      const size = plan ? tf.util.sizeFromShape(plan.shape) : 0;
      const float = a.dtype === 'float32' && b.dtype === 'float32';
      if (!plan || !float || size === 0 || size < limits.small) return fallback(kernelName)(call);
      const simd = call.backend as SimdBackend;
      const { shape, stepA, stepB, inner, items, layout } = plan;
      const from = [simd.pointer(a), simd.pointer(b)] as const;
      // A bool tensor is a JavaScript array of bytes.
      const bytes = simd.temporary(size);
      const code = comparisons.indexOf(kernelName);
      const grain = chooseGrain(simd, items, layout ? inner : 1);
      const run = (table: Pointer) =>
        simd.parallel('compareFloats', [code, ...from, bytes, stepA, stepB, inner, table], items, grain);
      if (layout) withTable(simd, layout, run);
      else run(NULL);
      const values = new Uint8Array(simd.runtime.memory.buffer, bytes, size).slice();
      simd.release(bytes, size);
      return simd.makeTensorInfo(shape, 'bool', values);
    },
  };
}

export const comparisonKernels: KernelConfig[] = comparisons.map(comparison);

/** condition ? t : e, for tensors of the same shape. */
export const select: KernelConfig = {
  kernelName: tf.Select,
  backendName: 'simd',
  kernelFunc: (call) => {
    const { condition, t, e } = call.inputs as { condition: TensorInfo; t: TensorInfo; e: TensorInfo };
    const size = tf.util.sizeFromShape(t.shape);
    const float = t.dtype === 'float32' && e.dtype === 'float32';
    const alike = [condition, e].every(({ shape }) => tf.util.arraysEqual(shape, t.shape));
    if (!float || !alike || condition.dtype !== 'bool' || size === 0 || size < limits.small) {
      return fallback(tf.Select)(call);
    }
    const simd = call.backend as SimdBackend;
    const from = [simd.pointer(t), simd.pointer(e)] as const;
    const out = simd.output(t.shape);
    const bytes = simd.temporary(size);
    const values = simd.data.get(condition.dataId).values as Uint8Array;
    new Uint8Array(simd.runtime.memory.buffer, bytes, size).set(values);
    simd.parallel('select', [bytes, ...from, simd.pointer(out)], size, chooseGrain(simd, size, 1));
    simd.release(bytes, size);
    return out;
  },
};
