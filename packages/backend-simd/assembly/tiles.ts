// The innermost loop: a tile of C = or += a panel of A times a panel of B, with all accumulators in registers.
// A panel of A is [k][4], a panel of B is [k][PANEL], both packed; C has `stride` bytes from row to row.
import { PANEL } from './panel';
import { bytes, multiplyAdd } from './simd';

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

// Eight accumulators, two vectors of B and one of A leave registers for the products of an engine without fused multiply-add.
// Unrolling over k is slower, because V8 before 12 hoists all loads of a block to its top and spills.
function tile4x8(a: usize, b: usize, c: usize, stride: usize, k: i32, accumulate: bool): void {
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

// V8 fuses pairs of vectors if it finds pairs of adjacent stores whose values are computed alike. Therefore all loads of C come first,
// all stores last and in order, and adding to C is a separate function rather than a branch.
function tile4x16(a: usize, b: usize, c: usize, stride: usize, k: i32): void {
  const c1 = c + stride, c2 = c1 + stride, c3 = c2 + stride;
  let c00 = f32x4.splat(0), c01 = c00, c02 = c00, c03 = c00, c10 = c00, c11 = c00, c12 = c00, c13 = c00;
  let c20 = c00, c21 = c00, c22 = c00, c23 = c00, c30 = c00, c31 = c00, c32 = c00, c33 = c00;
  for (; k > 0; k--) {
    const b0 = v128.load(b), b1 = v128.load(b, 16), b2 = v128.load(b, 32), b3 = v128.load(b, 48);
    let x = v128.load32_splat(a);
    c00 = multiplyAdd(x, b0, c00);
    c01 = multiplyAdd(x, b1, c01);
    c02 = multiplyAdd(x, b2, c02);
    c03 = multiplyAdd(x, b3, c03);
    x = v128.load32_splat(a, 4);
    c10 = multiplyAdd(x, b0, c10);
    c11 = multiplyAdd(x, b1, c11);
    c12 = multiplyAdd(x, b2, c12);
    c13 = multiplyAdd(x, b3, c13);
    x = v128.load32_splat(a, 8);
    c20 = multiplyAdd(x, b0, c20);
    c21 = multiplyAdd(x, b1, c21);
    c22 = multiplyAdd(x, b2, c22);
    c23 = multiplyAdd(x, b3, c23);
    x = v128.load32_splat(a, 12);
    c30 = multiplyAdd(x, b0, c30);
    c31 = multiplyAdd(x, b1, c31);
    c32 = multiplyAdd(x, b2, c32);
    c33 = multiplyAdd(x, b3, c33);
    a += 16;
    b += 64;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(c, c02, 32);
  v128.store(c, c03, 48);
  v128.store(c1, c10);
  v128.store(c1, c11, 16);
  v128.store(c1, c12, 32);
  v128.store(c1, c13, 48);
  v128.store(c2, c20);
  v128.store(c2, c21, 16);
  v128.store(c2, c22, 32);
  v128.store(c2, c23, 48);
  v128.store(c3, c30);
  v128.store(c3, c31, 16);
  v128.store(c3, c32, 32);
  v128.store(c3, c33, 48);
}

function addTile4x16(a: usize, b: usize, c: usize, stride: usize, k: i32): void {
  const c1 = c + stride, c2 = c1 + stride, c3 = c2 + stride;
  let c00 = f32x4.splat(0), c01 = c00, c02 = c00, c03 = c00, c10 = c00, c11 = c00, c12 = c00, c13 = c00;
  let c20 = c00, c21 = c00, c22 = c00, c23 = c00, c30 = c00, c31 = c00, c32 = c00, c33 = c00;
  for (; k > 0; k--) {
    const b0 = v128.load(b), b1 = v128.load(b, 16), b2 = v128.load(b, 32), b3 = v128.load(b, 48);
    let x = v128.load32_splat(a);
    c00 = multiplyAdd(x, b0, c00);
    c01 = multiplyAdd(x, b1, c01);
    c02 = multiplyAdd(x, b2, c02);
    c03 = multiplyAdd(x, b3, c03);
    x = v128.load32_splat(a, 4);
    c10 = multiplyAdd(x, b0, c10);
    c11 = multiplyAdd(x, b1, c11);
    c12 = multiplyAdd(x, b2, c12);
    c13 = multiplyAdd(x, b3, c13);
    x = v128.load32_splat(a, 8);
    c20 = multiplyAdd(x, b0, c20);
    c21 = multiplyAdd(x, b1, c21);
    c22 = multiplyAdd(x, b2, c22);
    c23 = multiplyAdd(x, b3, c23);
    x = v128.load32_splat(a, 12);
    c30 = multiplyAdd(x, b0, c30);
    c31 = multiplyAdd(x, b1, c31);
    c32 = multiplyAdd(x, b2, c32);
    c33 = multiplyAdd(x, b3, c33);
    a += 16;
    b += 64;
  }
  const d00 = v128.load(c), d01 = v128.load(c, 16), d02 = v128.load(c, 32), d03 = v128.load(c, 48);
  const d10 = v128.load(c1), d11 = v128.load(c1, 16), d12 = v128.load(c1, 32), d13 = v128.load(c1, 48);
  const d20 = v128.load(c2), d21 = v128.load(c2, 16), d22 = v128.load(c2, 32), d23 = v128.load(c2, 48);
  const d30 = v128.load(c3), d31 = v128.load(c3, 16), d32 = v128.load(c3, 32), d33 = v128.load(c3, 48);
  c00 = f32x4.add(c00, d00);
  c01 = f32x4.add(c01, d01);
  c02 = f32x4.add(c02, d02);
  c03 = f32x4.add(c03, d03);
  c10 = f32x4.add(c10, d10);
  c11 = f32x4.add(c11, d11);
  c12 = f32x4.add(c12, d12);
  c13 = f32x4.add(c13, d13);
  c20 = f32x4.add(c20, d20);
  c21 = f32x4.add(c21, d21);
  c22 = f32x4.add(c22, d22);
  c23 = f32x4.add(c23, d23);
  c30 = f32x4.add(c30, d30);
  c31 = f32x4.add(c31, d31);
  c32 = f32x4.add(c32, d32);
  c33 = f32x4.add(c33, d33);
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(c, c02, 32);
  v128.store(c, c03, 48);
  v128.store(c1, c10);
  v128.store(c1, c11, 16);
  v128.store(c1, c12, 32);
  v128.store(c1, c13, 48);
  v128.store(c2, c20);
  v128.store(c2, c21, 16);
  v128.store(c2, c22, 32);
  v128.store(c2, c23, 48);
  v128.store(c3, c30);
  v128.store(c3, c31, 16);
  v128.store(c3, c32, 32);
  v128.store(c3, c33, 48);
}

// @ts-ignore: decorator
@inline
function tile(a: usize, b: usize, c: usize, stride: usize, k: i32, accumulate: bool): void {
  if (PANEL == 8) tile4x8(a, b, c, stride, k, accumulate);
  else if (accumulate) addTile4x16(a, b, c, stride, k);
  else tile4x16(a, b, c, stride, k);
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
      tile(panel, b, out, stride, k, accumulate);
      panel += aStride;
      out += 4 * stride;
    }
    b += bStride;
    c += bytes(PANEL);
  }
}
