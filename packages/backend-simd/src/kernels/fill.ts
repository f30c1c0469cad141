import { Fill, type FillAttrs, type KernelConfig, util } from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend';
import { fallback } from '../fallback';

/** out[i] = value */
export const fill: KernelConfig = {
  kernelName: Fill,
  backendName: 'simd',
  kernelFunc: ({ inputs, backend, attrs }) => {
    const { shape, value, dtype } = attrs as unknown as FillAttrs;
    if (typeof value !== 'number' || (dtype ?? util.inferDtype(value)) !== 'float32')
      return fallback(Fill)({ inputs, backend, attrs });
    const simd = backend as SimdBackend;
    const out = simd.output(shape);
    simd.parallel('fill', [simd.pointer(out), value], util.sizeFromShape(shape), 65536);
    return out;
  },
};
