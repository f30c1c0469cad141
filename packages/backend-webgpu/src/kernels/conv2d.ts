import * as tf from '@tensorflow/tfjs-core';
import { assertShape } from '../assert-shape';
import type { WebgpuBackend } from '../backend';
import { type ConvAttrs, convInfo, supportsConvolution } from '../conv-info';
import { fallback } from '../fallback';
import { activateAfter } from './activate-after';
import {
  divide,
  everyTap,
  fits,
  geometry,
  inputOfPixel,
  rowsOfColumns,
  tapFunction,
  vectorType,
  vectorWidth,
} from './convolution-geometry';
import { createEpilogue } from './epilogue';
import { type Epilogue, type Operand, runGemm } from './gemm';

type Call = Parameters<tf.KernelFunc>[0];

/** y = x ∗ filter: rows are the output's pixels, and the sum runs over the filter's taps and input channels. */
function convolution(call: Call, x: tf.TensorInfo, filter: tf.TensorInfo, epilogue?: Epilogue) {
  const info = convInfo(x.shape, filter.shape, call.attrs as unknown as ConvAttrs);
  const { inChannels, outChannels, filterHeight, filterWidth } = info;
  // tfjs's kernel would name the shape of its matrix product.
  assertShape(info.outShape);
  // tfjs's kernel cannot reshape a result without elements.
  if (tf.util.sizeFromShape(info.outShape) === 0)
    return (call.backend as WebgpuBackend).output(info.outShape);
  const size = {
    rows: info.batchSize * info.outHeight * info.outWidth,
    columns: outChannels,
    depth: filterHeight * filterWidth * inChannels,
  };
  if (!supportsConvolution(info, x, filter) || !fits(size)) return undefined;
  const backend = call.backend as WebgpuBackend;
  const [xWidth, filterWidth_] = [vectorWidth(inChannels), vectorWidth(outChannels)];
  const a: Operand = {
    contiguous: 'k',
    ofOuter: true,
    ofDepth: xWidth === 4,
    reader: `${divide}
${inputOfPixel('rows')}
${tapFunction('channels', 'perChannels', 'depth')}
fn outerA(pixel: u32) -> vec4<i32> { return inputPixel(pixel); }
fn depthA(depth: u32) -> vec4<i32> { return tapAt(depth); }
fn readA(pixel: u32, depth: u32, corner: vec4<i32>${xWidth === 4 ? ', tap: vec4<i32>' : ''}) -> vec4<f32> {
  ${everyTap(
    backend,
    xWidth,
    (k) => `tapAt(depth + ${k})`,
    (tap) => `inputAt(corner, ${tap})`,
    (at) => `load_x(u32(${at}))`,
  )}
}`,
  };
  return runGemm(backend, {
    name: `conv ${xWidth} ${filterWidth_}`,
    ...size,
    inputs: { x, filter },
    types: { x: vectorType(xWidth), filter: vectorType(filterWidth_) },
    uniforms: geometry(info),
    a,
    b: { contiguous: 'mn', reader: rowsOfColumns('filter', filterWidth_) },
    shape: info.outShape,
    epilogue,
    isActivation: true,
  });
}

/** y = x ∗ filter. */
export const conv2d: tf.KernelConfig = {
  kernelName: tf.Conv2D,
  backendName: 'webgpu',
  kernelFunc: (call) => {
    const { x, filter } = call.inputs as { x: tf.TensorInfo; filter: tf.TensorInfo };
    return convolution(call, x, filter) ?? fallback(tf.Conv2D)(call);
  },
};

/** y = activation(x ∗ filter + bias), bias one value for each output channel; 'prelu' comes behind it. */
export const fusedConv2D: tf.KernelConfig = {
  kernelName: tf.FusedConv2D,
  backendName: 'webgpu',
  kernelFunc: (call) => {
    if (call.attrs!.activation === 'prelu') return activateAfter(call, fusedConv2D.kernelFunc);
    const { x, filter, bias } = call.inputs as Record<'x' | 'filter', tf.TensorInfo> & {
      bias?: tf.TensorInfo;
    };
    const { activation, leakyreluAlpha } = call.attrs as unknown as tf.FusedConv2DAttrs;
    const epilogue = createEpilogue(filter.shape.at(-1)!, bias, activation, leakyreluAlpha);
    const fusedResult = epilogue && convolution(call, x, filter, epilogue);
    return fusedResult ?? fallback(tf.FusedConv2D)(call);
  },
};
