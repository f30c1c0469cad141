import { Conv2DBackpropFilter, type KernelConfig, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend';
import { type ConvAttrs, canConvolve, convInfo } from '../conv-info';
import { convolutionFilterGradient } from '../convolution';
import { fallback } from '../fallback';

/** dFilter, given x and dy. */
export const conv2dBackpropFilter: KernelConfig = {
  kernelName: Conv2DBackpropFilter,
  backendName: 'simd',
  kernelFunc: (params) => {
    const { x, dy } = params.inputs as unknown as { x: TensorInfo; dy: TensorInfo };
    const attrs = params.attrs as unknown as ConvAttrs & { filterShape: number[] };
    const info = convInfo(x.shape, attrs.filterShape, attrs);
    const regular = util.arraysEqual(dy.shape, info.outShape);
    if (!regular || !canConvolve(info, x, dy)) return fallback(Conv2DBackpropFilter)(params);
    return convolutionFilterGradient(params.backend as SimdBackend, x, dy, info);
  },
};
