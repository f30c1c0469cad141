// Accurate sums: short float sums, added in double precision.
import { bytes } from './simd';
import { loadPart } from './vector';

/** The sum of the lanes in double precision. */
// @ts-ignore: decorator
@inline
export function sumLanes(v: v128): f64 {
  const pairs = f64x2.add(f64x2.promote_low_f32x4(v), f64x2.promote_low_f32x4(upperHalf(v)));
  return f64x2.extract_lane(pairs, 0) + f64x2.extract_lane(pairs, 1);
}

// @ts-ignore: decorator
@inline
export function upperHalf(v: v128): v128 {
  return i8x16.shuffle(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
}

const ROW_BLOCK: i32 = 512;

/** The sum of n floats: short float sums in 16 lanes, added in double precision. */
export function sumFloats(x: usize, n: i32): f64 {
  let total: f64 = 0;
  while (n >= 16) {
    let a = f32x4.splat(0), b = f32x4.splat(0), c = f32x4.splat(0), d = f32x4.splat(0);
    const block = min(n, ROW_BLOCK) & ~15;
    for (const end = x + bytes(block); x < end; x += 64) {
      a = f32x4.add(a, v128.load(x));
      b = f32x4.add(b, v128.load(x, 16));
      c = f32x4.add(c, v128.load(x, 32));
      d = f32x4.add(d, v128.load(x, 48));
    }
    total += sumLanes(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)));
    n -= block;
  }
  for (; n > 0; n -= 4) {
    total += sumLanes(loadPart(x, n));
    x += 16;
  }
  return total;
}

/** Adds four float sums to four double sums. */
// @ts-ignore: decorator
@inline
export function flush(sums: usize, v: v128): void {
  v128.store(sums, f64x2.add(v128.load(sums), f64x2.promote_low_f32x4(v)));
  v128.store(sums, f64x2.add(v128.load(sums, 16), f64x2.promote_low_f32x4(upperHalf(v))), 16);
}

/** Adds the lanes of v, starting at `skip`, to the double sums. */
function flushPart(sums: usize, v: v128, skip: i32): void {
  if (skip <= 1) addTo(sums, 8, f32x4.extract_lane(v, 1));
  if (skip <= 2) addTo(sums, 16, f32x4.extract_lane(v, 2));
  if (skip <= 0) addTo(sums, 0, f32x4.extract_lane(v, 0));
  addTo(sums, 24, f32x4.extract_lane(v, 3));
}

// @ts-ignore: decorator
@inline
function addTo(sums: usize, offset: usize, value: f32): void {
  f64.store(sums + offset, f64.load(sums + offset) + <f64>value);
}

// @ts-ignore: decorator
@inline
export const COLUMN_BLOCK: i32 = 32;

/** Adds `rows` (at most COLUMN_BLOCK) rows of `width` floats, `pitch` bytes apart, to the double sums. width = 4, 8, … or >= 16. */
export function addBlock(x: usize, sums: usize, rows: i32, width: i32, pitch: usize): void {
  let column = 0;
  for (; column + 16 <= width; column += 16) {
    let a = f32x4.splat(0), b = f32x4.splat(0), c = f32x4.splat(0), d = f32x4.splat(0);
    let p = x + bytes(column);
    for (let r = 0; r < rows; r++) {
      a = f32x4.add(a, v128.load(p));
      b = f32x4.add(b, v128.load(p, 16));
      c = f32x4.add(c, v128.load(p, 32));
      d = f32x4.add(d, v128.load(p, 48));
      p += pitch;
    }
    const s = sums + ((<usize>column) << 3);
    flush(s, a);
    flush(s + 32, b);
    flush(s + 64, c);
    flush(s + 96, d);
  }
  for (; column < width; column += 4) {
    const skip = max(0, column + 4 - width);
    const at = column - skip;
    let a = f32x4.splat(0);
    let p = x + bytes(at);
    for (let r = 0; r < rows; r++) {
      a = f32x4.add(a, v128.load(p));
      p += pitch;
    }
    const s = sums + ((<usize>at) << 3);
    if (skip) flushPart(s, a, skip);
    else flush(s, a);
  }
}

