import * as tf from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import { type ConvAttrs, convInfo, takesConvolution } from '../conv-info';
import { fallback } from '../fallback';
import { f32, i32, type Uniform } from '../program';
import { repeat } from '../repeat';
import { gemmFits, type Operand, runGemm } from './gemm';

/** Up to here a quotient computed in floats is off by at most one. */
const LARGEST = 2 ** 23;

/** y: rows are the output's pixels, and the sum runs over the filter's taps and input channels. */
const conv2d: tf.KernelConfig = {
  kernelName: tf.Conv2D,
  backendName: 'webgpu',
  kernelFunc: (call) => {
    const backend = call.backend as WebgpuBackend;
    const { x, filter } = call.inputs as { x: tf.TensorInfo; filter: tf.TensorInfo };
    const info = convInfo(x.shape, filter.shape, call.attrs as unknown as ConvAttrs);
    const { inChannels, outChannels, filterHeight, filterWidth } = info;
    const size = {
      rows: info.batchSize * info.outHeight * info.outWidth,
      columns: outChannels,
      depth: filterHeight * filterWidth * inChannels,
    };
    if (!takesConvolution(info, x, filter) || !fits(size)) return fallback(tf.Conv2D)(call);
    const [xWidth, filterWidth_] = [widthOf(inChannels), widthOf(outChannels)];
    const a: Operand = {
      along: 'depth',
      reader: `${divide}
${pixelOfInput}
fn readA(pixel: u32, depth: u32) -> vec4<f32> {
  ${everyChannel(
    backend,
    xWidth,
    (k) => `
    let tapIndex = divide(i32(depth + ${k}), uniforms.channels, uniforms.perChannels);
    let c = i32(depth + ${k}) - tapIndex * uniforms.channels;
    let at = inputAt(i32(pixel), tapIndex);
    if (depth + ${k} < uniforms.depth && pixel < uniforms.rows && at >= 0) {`,
    (width) => `x[(at * uniforms.channels + c)${width === 4 ? ' / 4' : ''}]`,
  )}
}`,
    };
    const b: Operand = {
      along: 'outer',
      reader: `
fn readB(column: u32, depth: u32) -> vec4<f32> {
  ${everyChannel(
    backend,
    filterWidth_,
    (k) => `if (column + ${k} < uniforms.columns && depth < uniforms.depth) {
      let at = depth * uniforms.columns + column + ${k};`,
    (width) => `filter_[at${width === 4 ? ' / 4u' : ''}]`,
  )}
}`,
    };
    return runGemm(backend, {
      name: `conv ${xWidth} ${filterWidth_}`,
      ...size,
      inputs: { x, filter_: filter },
      types: { x: vectorOf(xWidth), filter_: vectorOf(filterWidth_) },
      uniforms: geometry(info),
      a,
      b,
      shape: info.outShape,
    });
  },
};

/** dFilter, given x and dy: rows are the filter's taps and input channels, and the sum runs over the output's pixels. */
const conv2dBackpropFilter: tf.KernelConfig = {
  kernelName: tf.Conv2DBackpropFilter,
  backendName: 'webgpu',
  kernelFunc: (call) => {
    const backend = call.backend as WebgpuBackend;
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
    if (!regular || !takesConvolution(info, x, dy) || !fits(size)) {
      return fallback(tf.Conv2DBackpropFilter)(call);
    }
    const [xWidth, dyWidth] = [widthOf(inChannels), widthOf(outChannels)];
    const a: Operand = {
      along: 'outer',
      reader: `${divide}
${pixelOfInput}
fn readA(row: u32, pixel: u32) -> vec4<f32> {
  ${everyChannel(
    backend,
    xWidth,
    (k) => `
    let tapIndex = divide(i32(row + ${k}), uniforms.channels, uniforms.perChannels);
    let c = i32(row + ${k}) - tapIndex * uniforms.channels;
    let at = inputAt(i32(pixel), tapIndex);
    if (row + ${k} < uniforms.rows && pixel < uniforms.depth && at >= 0) {`,
    (width) => `x[(at * uniforms.channels + c)${width === 4 ? ' / 4' : ''}]`,
  )}
}`,
    };
    const b: Operand = {
      along: 'outer',
      reader: `
fn readB(column: u32, pixel: u32) -> vec4<f32> {
  ${everyChannel(
    backend,
    dyWidth,
    (k) => `if (column + ${k} < uniforms.columns && pixel < uniforms.depth) {
      let at = pixel * uniforms.columns + column + ${k};`,
    (width) => `dy[at${width === 4 ? ' / 4u' : ''}]`,
  )}
}`,
    };
    return runGemm(backend, {
      name: `conv filter grad ${xWidth} ${dyWidth}`,
      ...size,
      inputs: { x, dy },
      types: { x: vectorOf(xWidth), dy: vectorOf(dyWidth) },
      uniforms: geometry(info),
      a,
      b,
      shape: info.filterShape,
    });
  },
};

/** dx, given dy and the filter: rows are the input's pixels, and the sum runs over the filter's taps and output channels. */
const conv2dBackpropInput: tf.KernelConfig = {
  kernelName: tf.Conv2DBackpropInput,
  backendName: 'webgpu',
  kernelFunc: (call) => {
    const backend = call.backend as WebgpuBackend;
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
    if (!regular || !takesConvolution(info, dy, filter) || !fits(size)) {
      return fallback(tf.Conv2DBackpropInput)(call);
    }
    const width = widthOf(outChannels);
    const a: Operand = {
      along: 'depth',
      reader: `${divide}
${pixelOfOutput}
fn readA(pixel: u32, depth: u32) -> vec4<f32> {
  ${everyChannel(
    backend,
    width,
    (k) => `
    let tapIndex = divide(i32(depth + ${k}), uniforms.outChannels, uniforms.perOutChannels);
    let c = i32(depth + ${k}) - tapIndex * uniforms.outChannels;
    let at = outputAt(i32(pixel), tapIndex);
    if (depth + ${k} < uniforms.depth && pixel < uniforms.rows && at >= 0) {`,
    (width) => `dy[(at * uniforms.outChannels + c)${width === 4 ? ' / 4' : ''}]`,
  )}
}`,
    };
    const b: Operand = {
      along: 'depth',
      reader: `
fn readB(channel: u32, depth: u32) -> vec4<f32> {
  ${everyChannel(
    backend,
    width,
    (k) => `
    let tapIndex = divide(i32(depth + ${k}), uniforms.outChannels, uniforms.perOutChannels);
    let c = i32(depth + ${k}) - tapIndex * uniforms.outChannels;
    let at = (tapIndex * uniforms.channels + i32(channel)) * uniforms.outChannels + c;
    if (channel < uniforms.columns && depth + ${k} < uniforms.depth) {`,
    (width) => `filter_[at${width === 4 ? ' / 4' : ''}]`,
  )}
}`,
    };
    return runGemm(backend, {
      name: `conv input grad ${width}`,
      ...size,
      inputs: { dy, filter_: filter },
      types: { dy: vectorOf(width), filter_: vectorOf(width) },
      uniforms: geometry(info),
      a,
      b,
      shape: info.inShape,
    });
  },
};

const fits = (size: { rows: number; columns: number; depth: number }): boolean =>
  gemmFits(size) && Math.max(size.rows, size.columns, size.depth) < LARGEST;

const widthOf = (channels: number): 1 | 4 => (channels % 4 === 0 ? 4 : 1);
const vectorOf = (width: 1 | 4): string => (width === 4 ? 'vec4<f32>' : 'f32');

function geometry(info: tf.backend_util.Conv2DInfo): Record<string, Uniform> {
  const { padInfo } = info;
  return {
    height: i32(info.inHeight),
    width: i32(info.inWidth),
    channels: i32(info.inChannels),
    outHeight: i32(info.outHeight),
    outWidth: i32(info.outWidth),
    outChannels: i32(info.outChannels),
    filterWidth: i32(info.filterWidth),
    strideY: i32(info.strideHeight),
    strideX: i32(info.strideWidth),
    dilationY: i32(info.dilationHeight),
    dilationX: i32(info.dilationWidth),
    top: i32(padInfo.top),
    left: i32(padInfo.left),
    perWidth: f32(1 / info.inWidth),
    perImage: f32(1 / (info.inWidth * info.inHeight)),
    perOutWidth: f32(1 / info.outWidth),
    perOutImage: f32(1 / (info.outWidth * info.outHeight)),
    perChannels: f32(1 / info.inChannels),
    perOutChannels: f32(1 / info.outChannels),
    perFilterWidth: f32(1 / info.filterWidth),
    perStrideY: f32(1 / info.strideHeight),
    perStrideX: f32(1 / info.strideWidth),
  };
}

// Integer division takes tens of instructions on GPUs. The quotient in floats is off by at most one, and corrected.
const divide = `
fn divide(n: i32, d: i32, perD: f32) -> i32 {
  let q = i32(f32(n) * perD);
  let rest = n - q * d;
  return q + select(0, 1, rest >= d) - select(0, 1, rest < 0);
}`;

// Where a tap of the filter meets the input for a pixel of the output, as the index of a pixel; −1 in the padding.
const pixelOfInput = `
fn inputAt(pixel: i32, tapIndex: i32) -> i32 {
  let b = divide(pixel, uniforms.outWidth * uniforms.outHeight, uniforms.perOutImage);
  let inImage = pixel - b * uniforms.outWidth * uniforms.outHeight;
  let oy = divide(inImage, uniforms.outWidth, uniforms.perOutWidth);
  let ox = inImage - oy * uniforms.outWidth;
  let ky = divide(tapIndex, uniforms.filterWidth, uniforms.perFilterWidth);
  let kx = tapIndex - ky * uniforms.filterWidth;
  let y = oy * uniforms.strideY - uniforms.top + ky * uniforms.dilationY;
  let x = ox * uniforms.strideX - uniforms.left + kx * uniforms.dilationX;
  let inside = y >= 0 && y < uniforms.height && x >= 0 && x < uniforms.width;
  return select(-1, (b * uniforms.height + y) * uniforms.width + x, inside);
}`;

// The pixel of the output that a pixel of the input reaches through a tap of the filter; −1 if there is none.
const pixelOfOutput = `
fn outputAt(pixel: i32, tapIndex: i32) -> i32 {
  let b = divide(pixel, uniforms.width * uniforms.height, uniforms.perImage);
  let inImage = pixel - b * uniforms.width * uniforms.height;
  let y = divide(inImage, uniforms.width, uniforms.perWidth);
  let x = inImage - y * uniforms.width;
  let ky = divide(tapIndex, uniforms.filterWidth, uniforms.perFilterWidth);
  let kx = tapIndex - ky * uniforms.filterWidth;
  let fromY = y + uniforms.top - ky * uniforms.dilationY;
  let fromX = x + uniforms.left - kx * uniforms.dilationX;
  let oy = divide(fromY, uniforms.strideY, uniforms.perStrideY);
  let ox = divide(fromX, uniforms.strideX, uniforms.perStrideX);
  let meets = fromY >= 0 && fromX >= 0 && oy * uniforms.strideY == fromY && ox * uniforms.strideX == fromX
    && oy < uniforms.outHeight && ox < uniforms.outWidth;
  return select(-1, (b * uniforms.outHeight + oy) * uniforms.outWidth + ox, meets);
}`;

/**
 * WGSL that returns four values, each or all of them if `find` of it (which ends with an opened condition) finds it: at
 * once where the channels are vectors of four, one by one where they are not.
 */
function everyChannel(
  backend: WebgpuBackend,
  width: 1 | 4,
  find: (k: string) => string,
  value: (width: 1 | 4) => string,
): string {
  if (width === 4) return `{ ${find('0u')} return ${value(4)}; } } return vec4<f32>();`;
  const each = repeat(backend.unrolls, 4, (k) => `${find(k)} values[${k}] = ${value(1)}; }`);
  return `var values = vec4<f32>(); ${each} return values;`;
}

/** The two-dimensional convolution and its gradients as implicit matrix products. */
export const convolutionKernels: tf.KernelConfig[] = [conv2d, conv2dBackpropFilter, conv2dBackpropInput];
