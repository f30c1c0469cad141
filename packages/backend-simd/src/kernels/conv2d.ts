import { Conv2D, type KernelConfig, type TensorInfo } from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend';
import { type ConvAttrs, canConvolve, convInfo } from '../conv-info';
import { convolution } from '../convolution';
import { fallback } from '../fallback';

/** y = x * filter */
export const conv2d: KernelConfig = {
  kernelName: Conv2D,
  backendName: 'simd',
  kernelFunc: (params) => {
    const { x, filter } = params.inputs as unknown as { x: TensorInfo; filter: TensorInfo };
    const info = convInfo(x.shape, filter.shape, params.attrs as unknown as ConvAttrs);
    if (!canConvolve(info, x, filter)) return fallback(Conv2D)(params);
    return convolution(params.backend as SimdBackend, x, filter, info);
  },
};
