// The innermost loop: a tile of C = or += a panel of A times a panel of B, all accumulators in registers.
// A panel of A is [k][4], a panel of B is [k][8], both packed; C has `stride` bytes from row to row.
import { multiplyAdd } from './simd';

/** Columns of a panel of B. */
export const PANEL: i32 = 8;

// @ts-ignore: decorator
@inline
function put(c: usize, accumulate: bool, low: v128, high: v128): void {
  if (accumulate) {
    low = f32x4.add(low, v128.load(c));
    high = f32x4.add(high, v128.load(c, 16));
  }
  v128.store(c, low);
  v128.store(c, high, 16);
}

// Eight accumulators, two vectors of B and one of A leave room for the products that an engine without fused
// multiply-add holds. Unrolling over k is slower: V8 before 12 hoists all loads of a block to its top and spills.
export function tile4x8(a: usize, b: usize, c: usize, stride: usize, k: i32, accumulate: bool): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  for (; k > 0; k--) {
    const low = v128.load(b), high = v128.load(b, 16);
    let x = v128.load32_splat(a);
    c00 = multiplyAdd(x, low, c00);
    c01 = multiplyAdd(x, high, c01);
    x = v128.load32_splat(a, 4);
    c10 = multiplyAdd(x, low, c10);
    c11 = multiplyAdd(x, high, c11);
    x = v128.load32_splat(a, 8);
    c20 = multiplyAdd(x, low, c20);
    c21 = multiplyAdd(x, high, c21);
    x = v128.load32_splat(a, 12);
    c30 = multiplyAdd(x, low, c30);
    c31 = multiplyAdd(x, high, c31);
    a += 16;
    b += 32;
  }
  put(c, accumulate, c00, c01);
  put(c + stride, accumulate, c10, c11);
  put(c + 2 * stride, accumulate, c20, c21);
  put(c + 3 * stride, accumulate, c30, c31);
}

/** All tiles of a block: `rowPanels` panels of A, `aStride` bytes apart, times `columnPanels` of B, `bStride` apart. */
export function tiles(
  a: usize, aStride: usize, rowPanels: i32, b: usize, bStride: usize, columnPanels: i32,
  c: usize, stride: usize, k: i32, accumulate: bool,
): void {
  // The panel of B stays in the first-level cache while those of A pass.
  for (let j = 0; j < columnPanels; j++) {
    let panel = a, out = c;
    for (let i = 0; i < rowPanels; i++) {
      tile4x8(panel, b, out, stride, k, accumulate);
      panel += aStride;
      out += 4 * stride;
    }
    b += bStride;
    c += 32;
  }
}
