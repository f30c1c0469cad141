// out = a OP b as bytes 0 and 1, with broadcasting as in binary.ts: layout = 0 for flat operands, else rows under up to
// three outer axes. `operation` is the index in src/kernels/compare.ts.
import { bytes } from './simd';
import { loadPart, storePart } from './vector';

// @ts-ignore: decorator
@inline
function compare(operation: i32, a: v128, b: v128): v128 {
  switch (operation) {
    case 0: return f32x4.eq(a, b);
    case 1: return f32x4.gt(a, b);
    case 2: return f32x4.ge(a, b);
    case 3: return f32x4.lt(a, b);
    case 4: return f32x4.le(a, b);
    default: return f32x4.ne(a, b);
  }
}

// An operand with the step 0 is loaded by `load32_splat`.
// @ts-ignore: decorator
@inline
function operand(pointer: usize, step: i32, n: i32): v128 {
  return step ? loadPart(pointer, n) : v128.load32_splat(pointer);
}

function row(operation: i32, a: usize, b: usize, out: usize, stepA: i32, stepB: i32, n: i32): void {
  for (; n > 0; n -= 4) {
    const mask = compare(operation, operand(a, stepA, n), operand(b, stepB, n));
    const halves = i16x8.narrow_i32x4_s(mask, mask);
    const ones = v128.and(i8x16.narrow_i16x8_s(halves, halves), i8x16.splat(1));
    if (n >= 4) {
      v128.store32_lane(out, ones, 0);
    } else {
      v128.store8_lane(out, ones, 0);
      if (n > 1) v128.store8_lane(out, ones, 1, 1);
      if (n > 2) v128.store8_lane(out, ones, 2, 2);
    }
    a += 16 * stepA;
    b += 16 * stepB;
    out += 4;
  }
}

// @ts-ignore: decorator
@inline
function stride(layout: usize, i: i32): usize {
  return bytes(i32.load(layout + bytes(i)));
}

export function compareFloats(
  operation: i32, a: usize, b: usize, out: usize, stepA: i32, stepB: i32, inner: i32, layout: usize,
  first: i32, last: i32, scratch: usize,
): void {
  if (!layout) {
    row(operation, a + bytes(first * stepA), b + bytes(first * stepB), out + first, stepA, stepB, last - first);
    return;
  }
  const middle = i32.load(layout), innermost = i32.load(layout, 4);
  for (let r = first; r < last; r++) {
    const k = r % innermost, rest = r / innermost;
    const j = rest % middle, i = rest / middle;
    const from = a + <usize>i * stride(layout, 2) + <usize>j * stride(layout, 3) + <usize>k * stride(layout, 4);
    const other = b + <usize>i * stride(layout, 5) + <usize>j * stride(layout, 6) + <usize>k * stride(layout, 7);
    row(operation, from, other, out + r * inner, stepA, stepB, inner);
  }
}

/** out[i] = bytes[i] != 0 ? t[i] : e[i]. Items: elements. */
export function select(
  condition: usize, t: usize, e: usize, out: usize, first: i32, last: i32, scratch: usize,
): void {
  for (let i = first; i < last; i += 4) {
    const n = last - i;
    let mask: v128;
    if (n >= 4) {
      const words = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(condition + i)));
      mask = i32x4.ne(words, i32x4.splat(0));
    } else {
      mask = i32x4(load<u8>(condition + i) ? -1 : 0, n > 1 && load<u8>(condition + i + 1) ? -1 : 0, n > 2 && load<u8>(condition + i + 2) ? -1 : 0, 0);
    }
    const f = bytes(i);
    storePart(out + f, v128.bitselect(loadPart(t + f, n), loadPart(e + f, n), mask), n);
  }
}
