import type * as tf from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import { f32, i32, type Uniform } from '../program';
import { repeat } from '../repeat';
import { gemmFits } from './gemm';

// WGSL of the pixels, taps and channels of a convolution, which is a matrix product with operands read through functions.

/** Up to this number a quotient computed in floats is off by at most one. */
const LARGEST = 2 ** 23;

/** Whether a product of this size can be computed here. */
export const fits = (size: { rows: number; columns: number; depth: number }): boolean =>
  gemmFits(size) && Math.max(size.rows, size.columns, size.depth) < LARGEST;

/** How many channels are read at once. */
export const vectorWidth = (channels: number): 1 | 4 => (channels % 4 === 0 ? 4 : 1);
export const vectorType = (width: 1 | 4): string => (width === 4 ? 'vec4<f32>' : 'f32');

/** Sizes, strides, dilations and padding as uniforms, with the reciprocals that {@link divide} takes. */
export function geometry(info: tf.backend_util.Conv2DInfo): Record<string, Uniform> {
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
export const divide = `
fn divide(n: i32, d: i32, perD: f32) -> i32 {
  let q = i32(f32(n) * perD);
  let rest = n - q * d;
  return q + select(0, 1, rest >= d) - select(0, 1, rest < 0);
}`;

/** A coordinate outside the matrix, so far away that no tap reaches back inside and that two of them add without overflow. */
const FAR = 2 ** 30;

// A tap of the filter and a channel, from their common index: [distance down, distance across, channel, 0].
export const tapFunction = (channels: string, perChannels: string, length: string): string => `
fn tapAt(index: u32) -> vec4<i32> {
  let tapIndex = divide(i32(index), uniforms.${channels}, uniforms.${perChannels});
  let c = i32(index) - tapIndex * uniforms.${channels};
  let ky = divide(tapIndex, uniforms.filterWidth, uniforms.perFilterWidth);
  let kx = tapIndex - ky * uniforms.filterWidth;
  return vec4(select(${FAR}, ky * uniforms.dilationY, index < uniforms.${length}), kx * uniforms.dilationX, c, 0);
}`;

// Where the filter begins in the input for a pixel of the output: [first row of its image, row, column, 0], and what a tap
// meets from there, as the index of a value; −1 in the padding.
export const inputOfPixel = (length: string): string => `
fn inputPixel(pixel: u32) -> vec4<i32> {
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
export const outputOfPixel = (strided: boolean): string => `
fn outputPixel(pixel: u32) -> vec4<i32> {
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
export function everyTap(
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
export const rowsOfColumns = (buffer: string, width: 1 | 4): string => `
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
