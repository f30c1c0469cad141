import * as tf from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import { type ConvAttrs, convInfo, supportsConvolution } from '../conv-info';
import { fallback } from '../fallback';
import {
  divide,
  everyTap,
  fits,
  geometry,
  outputOfPixel,
  tapFunction,
  vectorType,
  vectorWidth,
} from './convolution-geometry';
import { type Operand, runGemm } from './gemm';

/**
 * dx, given dy and the filter: rows are the input's pixels, and the sum runs over the filter's taps and output channels.
 *
 * The geometry of a thread's pixels is computed before the sum, and that of a tap once for its four pixels. Without strides no
 * division is needed.
 */
export const conv2dBackpropInput: tf.KernelConfig = {
  kernelName: tf.Conv2DBackpropInput,
  backendName: 'webgpu',
  kernelFunc: (call) => {
    const { dy, filter } = call.inputs as { dy: tf.TensorInfo; filter: tf.TensorInfo };
    const attrs = call.attrs as unknown as ConvAttrs & { inputShape: number[] };
    const info = convInfo(attrs.inputShape, filter.shape, attrs);
    const { inChannels, outChannels, filterHeight, filterWidth } = info;
    const size = {
      rows: info.batchSize * info.inHeight * info.inWidth,
      columns: inChannels,
      depth: filterHeight * filterWidth * outChannels,
    };
    // conv2dTranspose may come with a dy of another shape than the convolution would have given.
    const regular = tf.util.arraysEqual(dy.shape, info.outShape);
    if (!regular || !supportsConvolution(info, dy, filter) || !fits(size)) {
      return fallback(tf.Conv2DBackpropInput)(call);
    }
    const backend = call.backend as WebgpuBackend;
    const width = vectorWidth(outChannels);
    const isVector = width === 4;
    const strided = info.strideHeight > 1 || info.strideWidth > 1;
    const a: Operand = {
      contiguous: 'k',
      ofOuter: true,
      ofDepth: isVector,
      reader: `${divide}
${outputOfPixel(strided)}
${tapFunction('outChannels', 'perOutChannels', 'depth')}
fn outerA(pixel: u32) -> vec4<i32> { return outputPixel(pixel); }
fn depthA(depth: u32) -> vec4<i32> { return tapAt(depth); }
fn readA(pixel: u32, depth: u32, corner: vec4<i32>${isVector ? ', tap: vec4<i32>' : ''}) -> vec4<f32> {
  ${everyTap(
    backend,
    width,
    (k) => `tapAt(depth + ${k})`,
    (tap) => `outputAt(corner, ${tap})`,
    (at) => `load_dy(u32(${at}))`,
  )}
}`,
    };
    // The filter's values for one input channel: those of its taps lie apart, as many as it has values for a tap.
    const b: Operand = {
      contiguous: 'k',
      ofDepth: isVector,
      reader: `
fn depthB(depth: u32) -> vec4<i32> {
  let tapIndex = divide(i32(depth), uniforms.outChannels, uniforms.perOutChannels);
  let at = tapIndex * (uniforms.channels - 1) * uniforms.outChannels + i32(depth);
  return vec4(select(-1, at, depth < uniforms.depth));
}
fn readB(channel: u32, depth: u32${isVector ? ', tap: vec4<i32>' : ''}) -> vec4<f32> {
  let column = i32(min(channel, uniforms.columns - 1u)) * uniforms.outChannels;
  ${everyTap(
    backend,
    width,
    (k) => `depthB(depth + ${k})`,
    (tap) => `select(-1, ${tap}.x + column, ${tap}.x >= 0 && channel < uniforms.columns)`,
    (at) => `load_filter(u32(${at}))`,
  )}
}`,
    };
    return runGemm(backend, {
      name: `conv input grad ${width}${strided ? ' strided' : ''}`,
      ...size,
      inputs: { dy, filter },
      types: { dy: vectorType(width), filter: vectorType(width) },
      uniforms: geometry(info),
      a,
      b,
      shape: info.inShape,
    });
  },
};
