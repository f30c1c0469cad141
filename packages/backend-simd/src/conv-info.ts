import { backend_util, type TensorInfo, util } from '@tensorflow/tfjs-core';

/** The common attributes of tfjs's convolution kernels. */
export interface ConvAttrs {
  strides: [number, number] | number;
  pad: 'valid' | 'same' | number | backend_util.ExplicitPadding;
  dataFormat?: 'NHWC' | 'NCHW';
  dilations?: [number, number] | number;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
  /** Not tfjs's: false asks for direct sums, see `SimdOptions`. */
  winograd?: boolean;
}

/** A convolution, and whether it may use Winograd's algorithm. */
export type ConvInfo = backend_util.Conv2DInfo & { winograd?: boolean | undefined };

/** Computes sizes, strides and padding of a convolution as tfjs does. */
export function convInfo(
  inShape: number[],
  filterShape: number[],
  attrs: ConvAttrs,
  depthwise = false,
): ConvInfo {
  const info = backend_util.computeConv2DInfo(
    inShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    attrs.strides,
    attrs.dilations ?? 1,
    attrs.pad,
    attrs.dimRoundingMode,
    depthwise,
    backend_util.convertConv2DDataFormat(attrs.dataFormat ?? 'NHWC'),
  );
  return { ...info, winograd: attrs.winograd };
}

/** Whether the wasm kernels support a convolution: float32, channels last, and no empty tensor. */
export function canConvolve(info: backend_util.Conv2DInfo, ...tensors: TensorInfo[]): boolean {
  const sizes = [info.inShape, info.outShape, [info.filterHeight, info.filterWidth]].map(util.sizeFromShape);
  return (
    info.dataFormat === 'channelsLast' &&
    tensors.every(({ dtype }) => dtype === 'float32') &&
    sizes.every((size) => size > 0)
  );
}
