import * as tf from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import { type ConvAttrs, convInfo, supportsConvolution } from '../conv-info';
import { fallback } from '../fallback';
import { f32, i32, type Uniform } from '../program';
import { repeat } from '../repeat';
import { createEpilogue } from './epilogue';
import { type Epilogue, gemmFits, type Operand, runGemm } from './gemm';
import { inFloat32 } from './in-float32';

/** Up to here a quotient computed in floats is off by at most one. */
const LARGEST = 2 ** 23;

/** y = x ∗ filter: rows are the output's pixels, and the sum runs over the filter's taps and input channels. */
function convolution(call: Call, x: tf.TensorInfo, filter: tf.TensorInfo, epilogue?: Epilogue) {
  const info = convInfo(x.shape, filter.shape, call.attrs as unknown as ConvAttrs);
  const { inChannels, outChannels, filterHeight, filterWidth } = info;
  const size = {
    rows: info.batchSize * info.outHeight * info.outWidth,
    columns: outChannels,
    depth: filterHeight * filterWidth * inChannels,
  };
  if (!supportsConvolution(info, x, filter) || !fits(size)) return undefined;
  const backend = call.backend as WebgpuBackend;
  const [xWidth, filterWidth_] = [widthOf(inChannels), widthOf(outChannels)];
  const a: Operand = {
    along: 'depth',
    ofOuter: true,
    ofDepth: xWidth === 4,
    reader: `${divide}
${inputOfPixel('rows')}
${tapOf('channels', 'perChannels', 'depth')}
fn outerA(pixel: u32) -> vec4<i32> { return inputOf(pixel); }
fn depthA(depth: u32) -> vec4<i32> { return tapOf(depth); }
fn readA(pixel: u32, depth: u32, corner: vec4<i32>${xWidth === 4 ? ', tap: vec4<i32>' : ''}) -> vec4<f32> {
  ${everyTap(
    backend,
    xWidth,
    (k) => `tapOf(depth + ${k})`,
    (tap) => `inputAt(corner, ${tap})`,
    (at) => `load_x(u32(${at}))`,
  )}
}`,
  };
  return runGemm(backend, {
    name: `conv ${xWidth} ${filterWidth_}`,
    ...size,
    inputs: { x, filter },
    types: { x: vectorOf(xWidth), filter: vectorOf(filterWidth_) },
    uniforms: geometry(info),
    a,
    b: { along: 'outer', reader: rowsOfColumns('filter', filterWidth_) },
    shape: info.outShape,
    epilogue,
    isActivation: true,
  });
}

const conv2d: tf.KernelConfig = {
  kernelName: tf.Conv2D,
  backendName: 'webgpu',
  kernelFunc: (call) => {
    const { x, filter } = call.inputs as { x: tf.TensorInfo; filter: tf.TensorInfo };
    return convolution(call, x, filter) ?? fallback(tf.Conv2D)(call);
  },
};

/** y = activation(x ∗ filter + bias), bias one value for each output channel; 'prelu' is tfjs's. */
const fusedConv2D: tf.KernelConfig = {
  kernelName: tf.FusedConv2D,
  backendName: 'webgpu',
  kernelFunc: (call) => {
    const { x, filter, bias } = call.inputs as Record<'x' | 'filter', tf.TensorInfo> & {
      bias?: tf.TensorInfo;
    };
    const { activation, leakyreluAlpha } = call.attrs as unknown as tf.FusedConv2DAttrs;
    const epilogue = createEpilogue(filter.shape.at(-1)!, bias, activation, leakyreluAlpha);
    const own = epilogue && convolution(call, x, filter, epilogue);
    return own ?? fallback(tf.FusedConv2D)(call);
  },
};

/** dFilter, given x and dy: rows are the filter's taps and input channels, and the sum runs over the output's pixels. */
const conv2dBackpropFilter: tf.KernelConfig = {
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
    const [xWidth, dyWidth] = [widthOf(inChannels), widthOf(outChannels)];
    const a: Operand = {
      along: 'outer',
      ofOuter: xWidth === 4,
      ofDepth: true,
      reader: `${divide}
${inputOfPixel('depth')}
${tapOf('channels', 'perChannels', 'rows')}
fn outerA(row: u32) -> vec4<i32> { return tapOf(row); }
fn depthA(pixel: u32) -> vec4<i32> { return inputOf(pixel); }
fn readA(row: u32, pixel: u32, ${xWidth === 4 ? 'tap: vec4<i32>, ' : ''}corner: vec4<i32>) -> vec4<f32> {
  ${everyTap(
    backend,
    xWidth,
    (k) => `tapOf(row + ${k})`,
    (tap) => `inputAt(corner, ${tap})`,
    (at) => `load_x(u32(${at}))`,
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
      b: { along: 'outer', reader: rowsOfColumns('dy', dyWidth) },
      shape: info.filterShape,
    });
  },
};

/**
 * dx, given dy and the filter: rows are the input's pixels, and the sum runs over the filter's taps and output channels.
 *
 * What a thread needs of its pixels is computed before the sum and what it needs of a tap once for its four pixels. Without
 * strides there is nothing to divide by.
 */
const conv2dBackpropInput: tf.KernelConfig = {
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
    const width = widthOf(outChannels);
    const isVector = width === 4;
    const strided = info.strideHeight > 1 || info.strideWidth > 1;
    const a: Operand = {
      along: 'depth',
      ofOuter: true,
      ofDepth: isVector,
      reader: `${divide}
${outputOfPixel(strided)}
${tapOf('outChannels', 'perOutChannels', 'depth')}
fn outerA(pixel: u32) -> vec4<i32> { return outputOf(pixel); }
fn depthA(depth: u32) -> vec4<i32> { return tapOf(depth); }
fn readA(pixel: u32, depth: u32, corner: vec4<i32>${isVector ? ', tap: vec4<i32>' : ''}) -> vec4<f32> {
  ${everyTap(
    backend,
    width,
    (k) => `tapOf(depth + ${k})`,
    (tap) => `outputAt(corner, ${tap})`,
    (at) => `load_dy(u32(${at}))`,
  )}
}`,
    };
    // The filter's values for one input channel: those of its taps lie apart, as many as it has values for a tap.
    const b: Operand = {
      along: 'depth',
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
      types: { dy: vectorOf(width), filter: vectorOf(width) },
      uniforms: geometry(info),
      a,
      b,
      shape: info.inShape,
    });
  },
};

type Call = Parameters<tf.KernelFunc>[0];

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

/** What is beyond the matrix lies so far out that no tap brings it back, and two such sum up without overflow. */
const FAR = 2 ** 30;

// A tap of the filter and a channel, from their common index: [distance down, distance across, channel, 0].
const tapOf = (channels: string, perChannels: string, length: string): string => `
fn tapOf(index: u32) -> vec4<i32> {
  let tapIndex = divide(i32(index), uniforms.${channels}, uniforms.${perChannels});
  let c = i32(index) - tapIndex * uniforms.${channels};
  let ky = divide(tapIndex, uniforms.filterWidth, uniforms.perFilterWidth);
  let kx = tapIndex - ky * uniforms.filterWidth;
  return vec4(select(${FAR}, ky * uniforms.dilationY, index < uniforms.${length}), kx * uniforms.dilationX, c, 0);
}`;

// Where the filter begins in the input for a pixel of the output: [first row of its image, row, column, 0], and what a tap
// meets from there, as the index of a value; −1 in the padding.
const inputOfPixel = (length: string): string => `
fn inputOf(pixel: u32) -> vec4<i32> {
  let b = divide(i32(pixel), uniforms.outWidth * uniforms.outHeight, uniforms.perOutImage);
  let inImage = i32(pixel) - b * uniforms.outWidth * uniforms.outHeight;
  let oy = divide(inImage, uniforms.outWidth, uniforms.perOutWidth);
  let ox = inImage - oy * uniforms.outWidth;
  let y = select(${FAR}, oy * uniforms.strideY - uniforms.top, pixel < uniforms.${length});
  return vec4(b * uniforms.height, y, ox * uniforms.strideX - uniforms.left, 0);
}
fn inputAt(corner: vec4<i32>, tap: vec4<i32>) -> i32 {
  let y = corner.y + tap.x;
  let x = corner.z + tap.y;
  // A sum of two that are far out wraps around to below 0.
  let inside = y >= 0 && y < uniforms.height && x >= 0 && x < uniforms.width;
  return select(-1, ((corner.x + y) * uniforms.width + x) * uniforms.channels + tap.z, inside);
}`;

// The same for the pixel of the output that a pixel of the input reaches through a tap: with strides not every tap has one.
const outputOfPixel = (strided: boolean): string => `
fn outputOf(pixel: u32) -> vec4<i32> {
  let b = divide(i32(pixel), uniforms.width * uniforms.height, uniforms.perImage);
  let inImage = i32(pixel) - b * uniforms.width * uniforms.height;
  let y = divide(inImage, uniforms.width, uniforms.perWidth);
  let x = inImage - y * uniforms.width;
  let fromY = select(-${FAR}, y + uniforms.top, pixel < uniforms.rows);
  return vec4(b * uniforms.outHeight, fromY, x + uniforms.left, 0);
}
fn outputAt(corner: vec4<i32>, tap: vec4<i32>) -> i32 {
  let y = corner.y - tap.x;
  let x = corner.z - tap.y;
  ${
    strided
      ? `if (y < 0 || x < 0) { return -1; }
  let oy = divide(y, uniforms.strideY, uniforms.perStrideY);
  let ox = divide(x, uniforms.strideX, uniforms.perStrideX);
  let meets = oy * uniforms.strideY == y && ox * uniforms.strideX == x;`
      : 'let oy = y; let ox = x; let meets = y >= 0 && x >= 0;'
  }
  let inside = meets && oy < uniforms.outHeight && ox < uniforms.outWidth;
  return select(-1, ((corner.x + oy) * uniforms.outWidth + ox) * uniforms.outChannels + tap.z, inside);
}`;

/** WGSL that returns four values along the taps and channels: at once where the channels are vectors of four, else one by one. */
function everyTap(
  { unrolls }: WebgpuBackend,
  width: 1 | 4,
  tapAt: (k: string) => string,
  place: (tap: string) => string,
  value: (at: string) => string,
): string {
  if (width === 4) {
    return `let at = ${place('tap')};
  if (at < 0) { return vec4<f32>(); }
  return ${value('at / 4')};`;
  }
  const each = (k: string) => `let tap = ${tapAt(k)};
  let at = ${place('tap')};
  if (at >= 0) { values[${k}] = ${value('at')}; }`;
  return `var values = vec4<f32>();
  ${repeat(unrolls, 4, each)}
  return values;`;
}

/** The reader of a matrix [depth, columns] in memory. */
const rowsOfColumns = (buffer: string, width: 1 | 4): string => `
fn readB(column: u32, depth: u32) -> vec4<f32> {
  ${
    width === 4
      ? `if (column < uniforms.columns && depth < uniforms.depth) { return load_${buffer}((depth * uniforms.columns + column) / 4u); }
  return vec4<f32>();`
      : `var values = vec4<f32>();
  for (var k = 0u; k < 4u; k++) {
    if (column + k < uniforms.columns && depth < uniforms.depth) { values[k] = load_${buffer}(depth * uniforms.columns + column + k); }
  }
  return values;`
  }
}`;

/** tfjs's convolutions of each channel by itself. */
const depthwise = [tf.DepthwiseConv2dNative, tf.FusedDepthwiseConv2D].map(
  (kernelName): tf.KernelConfig => ({
    kernelName,
    backendName: 'webgpu',
    kernelFunc: (call) => fallback(kernelName)(call),
  }),
);

/** The two-dimensional convolution, with its epilogue, and its gradients as implicit matrix products. */
export const convolutionKernels: tf.KernelConfig[] = [
  conv2d,
  fusedConv2D,
  conv2dBackpropFilter,
  conv2dBackpropInput,
  ...depthwise,
].map(inFloat32);
