import {
  DepthwiseConv2dNativeBackpropInput,
  type KernelConfig,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend';
import { type ConvAttrs, canConvolve, convInfo } from '../conv-info';
import { depthwiseInputGradient } from '../depthwise';
import { fallback } from '../fallback';

/** dx, given dy and the filter. */
export const depthwiseConv2dBackpropInput: KernelConfig = {
  kernelName: DepthwiseConv2dNativeBackpropInput,
  backendName: 'simd',
  kernelFunc: (params) => {
    const { dy, filter } = params.inputs as unknown as { dy: TensorInfo; filter: TensorInfo };
    const attrs = params.attrs as unknown as ConvAttrs & { inputShape: number[] };
    const info = convInfo(attrs.inputShape, filter.shape, attrs, true);
    const regular = util.arraysEqual(dy.shape, info.outShape);
    if (!regular || !canConvolve(info, dy, filter))
      return fallback(DepthwiseConv2dNativeBackpropInput)(params);
    return depthwiseInputGradient(params.backend as SimdBackend, dy, filter, info);
  },
};
