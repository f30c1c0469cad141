import { backend_util, type TensorInfo, util } from '@tensorflow/tfjs-core';

/** The attributes that the convolution kernels of tfjs share. */
export interface ConvAttrs {
  strides: [number, number] | number;
  pad: 'valid' | 'same' | number | backend_util.ExplicitPadding;
  dataFormat?: 'NHWC' | 'NCHW';
  dilations?: [number, number] | number;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** Sizes, strides and padding of a convolution, as tfjs computes them. */
export function convInfo(
  inShape: number[],
  filterShape: number[],
  attrs: ConvAttrs,
): backend_util.Conv2DInfo {
  return backend_util.computeConv2DInfo(
    inShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    attrs.strides,
    attrs.dilations ?? 1,
    attrs.pad,
    attrs.dimRoundingMode,
    false,
    backend_util.convertConv2DDataFormat(attrs.dataFormat ?? 'NHWC'),
  );
}

/** Whether the kernels here support a convolution: float32, channels last, no empty dimension. */
export function supportsConvolution(info: backend_util.Conv2DInfo, ...tensors: TensorInfo[]): boolean {
  const sizes = [info.inShape, info.outShape, [info.filterHeight, info.filterWidth]].map(util.sizeFromShape);
  return (
    info.dataFormat === 'channelsLast' &&
    tensors.every(({ dtype }) => dtype === 'float32') &&
    sizes.every((size) => size > 0 && size < 2 ** 31)
  );
}
