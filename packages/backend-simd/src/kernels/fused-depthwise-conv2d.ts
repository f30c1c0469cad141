import {
  FusedDepthwiseConv2D,
  type FusedDepthwiseConv2DAttrs,
  type KernelConfig,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend';
import { canConvolve, convInfo } from '../conv-info';
import { depthwiseConvolution } from '../depthwise';
import { applyEpilogue, parseEpilogue } from '../epilogue';
import { fallback } from '../fallback';

/** y = activation(x * filter + bias), with separate filters for each channel and one bias per output channel. */
export const fusedDepthwiseConv2D: KernelConfig = {
  kernelName: FusedDepthwiseConv2D,
  backendName: 'simd',
  kernelFunc: (params) => {
    const { x, filter, bias, preluActivationWeights } = params.inputs as unknown as {
      x: TensorInfo;
      filter: TensorInfo;
      bias?: TensorInfo;
      preluActivationWeights?: TensorInfo;
    };
    const attrs = params.attrs as unknown as FusedDepthwiseConv2DAttrs;
    const info = convInfo(x.shape, filter.shape, attrs, true);
    const perChannel =
      !bias || (bias.dtype === 'float32' && util.sizeFromShape(bias.shape) === info.outChannels);
    if (!perChannel || !canConvolve(info, x, filter)) return fallback(FusedDepthwiseConv2D)(params);
    const simd = params.backend as SimdBackend;
    const epilogue = parseEpilogue(attrs.activation, attrs.leakyreluAlpha);
    const out = depthwiseConvolution(simd, x, filter, info, bias, epilogue);
    return applyEpilogue(simd, out, epilogue, preluActivationWeights);
  },
};
