import { Conv2DBackpropInput, type KernelConfig, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend';
import { type ConvAttrs, canConvolve, convInfo } from '../conv-info';
import { convolutionInputGradient } from '../convolution';
import { fallback } from '../fallback';

/** dx, given dy and the filter. */
export const conv2dBackpropInput: KernelConfig = {
  kernelName: Conv2DBackpropInput,
  backendName: 'simd',
  kernelFunc: (params) => {
    const { dy, filter } = params.inputs as unknown as { dy: TensorInfo; filter: TensorInfo };
    const attrs = params.attrs as unknown as ConvAttrs & { inputShape: number[] };
    const info = convInfo(attrs.inputShape, filter.shape, attrs);
    // In conv2dTranspose, the shape of dy may differ from the output shape of the convolution.
    const regular = util.arraysEqual(dy.shape, info.outShape);
    if (!regular || !canConvolve(info, dy, filter)) return fallback(Conv2DBackpropInput)(params);
    return convolutionInputGradient(params.backend as SimdBackend, dy, filter, info);
  },
};
