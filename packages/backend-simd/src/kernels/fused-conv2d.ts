import {
  FusedConv2D,
  type FusedConv2DAttrs,
  type KernelConfig,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend';
import { canConvolve, convInfo } from '../conv-info';
import { convolution } from '../convolution';
import { applyEpilogue, parseEpilogue } from '../epilogue';
import { fallback } from '../fallback';

/** y = activation(x * filter + bias), with one bias per output channel. */
export const fusedConv2D: KernelConfig = {
  kernelName: FusedConv2D,
  backendName: 'simd',
  kernelFunc: (params) => {
    const { x, filter, bias, preluActivationWeights } = params.inputs as unknown as {
      x: TensorInfo;
      filter: TensorInfo;
      bias?: TensorInfo;
      preluActivationWeights?: TensorInfo;
    };
    const attrs = params.attrs as unknown as FusedConv2DAttrs;
    const info = convInfo(x.shape, filter.shape, attrs);
    const perChannel =
      !bias || (bias.dtype === 'float32' && util.sizeFromShape(bias.shape) === info.outChannels);
    if (!perChannel || !canConvolve(info, x, filter)) return fallback(FusedConv2D)(params);
    const simd = params.backend as SimdBackend;
    const epilogue = parseEpilogue(attrs.activation, attrs.leakyreluAlpha);
    const out = convolution(simd, x, filter, info, bias, epilogue);
    return applyEpilogue(simd, out, epilogue, preluActivationWeights);
  },
};
