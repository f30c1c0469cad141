import { DepthwiseConv2dNative, type KernelConfig, type TensorInfo } from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend';
import { type ConvAttrs, canConvolve, convInfo } from '../conv-info';
import { depthwiseConvolution } from '../depthwise';
import { fallback } from '../fallback';

/** y = x * filter, with separate filters for each channel. */
export const depthwiseConv2d: KernelConfig = {
  kernelName: DepthwiseConv2dNative,
  backendName: 'simd',
  kernelFunc: (params) => {
    const { x, filter } = params.inputs as unknown as { x: TensorInfo; filter: TensorInfo };
    const info = convInfo(x.shape, filter.shape, params.attrs as unknown as ConvAttrs, true);
    if (!canConvolve(info, x, filter)) return fallback(DepthwiseConv2dNative)(params);
    return depthwiseConvolution(params.backend as SimdBackend, x, filter, info);
  },
};
