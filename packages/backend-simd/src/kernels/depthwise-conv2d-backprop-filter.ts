import {
  DepthwiseConv2dNativeBackpropFilter,
  type KernelConfig,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend';
import { type ConvAttrs, canConvolve, convInfo } from '../conv-info';
import { depthwiseFilterGradient } from '../depthwise';
import { fallback } from '../fallback';

/** dFilter, given x and dy. */
export const depthwiseConv2dBackpropFilter: KernelConfig = {
  kernelName: DepthwiseConv2dNativeBackpropFilter,
  backendName: 'simd',
  kernelFunc: (params) => {
    const { x, dy } = params.inputs as unknown as { x: TensorInfo; dy: TensorInfo };
    const attrs = params.attrs as unknown as ConvAttrs & { filterShape: number[] };
    const info = convInfo(x.shape, attrs.filterShape, attrs, true);
    const regular = util.arraysEqual(dy.shape, info.outShape);
    if (!regular || !canConvolve(info, x, dy)) return fallback(DepthwiseConv2dNativeBackpropFilter)(params);
    return depthwiseFilterGradient(params.backend as SimdBackend, x, dy, info);
  },
};
