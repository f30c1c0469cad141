import * as tf from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import { type ConvAttrs, convInfo, supportsConvolution } from '../conv-info';
import { fallback } from '../fallback';
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
import { type Operand, runGemm } from './gemm';

/** dFilter, given x and dy: rows are the filter's taps and input channels, and the sum runs over the output's pixels. */
export const conv2dBackpropFilter: tf.KernelConfig = {
  kernelName: tf.Conv2DBackpropFilter,
  backendName: 'webgpu',
  kernelFunc: (call) => {
    const { x, dy } = call.inputs as { x: tf.TensorInfo; dy: tf.TensorInfo };
    const attrs = call.attrs as unknown as ConvAttrs & { filterShape: number[] };
    const info = convInfo(x.shape, attrs.filterShape, attrs);
    const { inChannels, outChannels, filterHeight, filterWidth } = info;
    const size = {
      rows: filterHeight * filterWidth * inChannels,
      columns: outChannels,
      depth: info.batchSize * info.outHeight * info.outWidth,
    };
    const regular = tf.util.arraysEqual(dy.shape, info.outShape);
    if (!regular || !supportsConvolution(info, x, dy) || !fits(size)) {
      return fallback(tf.Conv2DBackpropFilter)(call);
    }
    const backend = call.backend as WebgpuBackend;
    const [xWidth, dyWidth] = [vectorWidth(inChannels), vectorWidth(outChannels)];
    const a: Operand = {
      contiguous: 'mn',
      ofOuter: xWidth === 4,
      ofDepth: true,
      reader: `${divide}
${inputOfPixel('depth')}
${tapFunction('channels', 'perChannels', 'rows')}
fn outerA(row: u32) -> vec4<i32> { return tapAt(row); }
fn depthA(pixel: u32) -> vec4<i32> { return inputPixel(pixel); }
fn readA(row: u32, pixel: u32, ${xWidth === 4 ? 'tap: vec4<i32>, ' : ''}corner: vec4<i32>) -> vec4<f32> {
  ${everyTap(
    backend,
    xWidth,
    (k) => `tapAt(row + ${k})`,
    (tap) => `inputAt(corner, ${tap})`,
    (at) => `load_x(u32(${at}))`,
  )}
}`,
    };
    return runGemm(backend, {
      name: `conv filter grad ${xWidth} ${dyWidth}`,
      ...size,
      inputs: { x, dy },
      types: { x: vectorType(xWidth), dy: vectorType(dyWidth) },
      uniforms: geometry(info),
      a,
      b: { contiguous: 'mn', reader: rowsOfColumns('dy', dyWidth) },
      shape: info.filterShape,
    });
  },
};
