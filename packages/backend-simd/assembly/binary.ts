// out = f(a, b) with broadcasting; `operation` is the index of f in the list at `row`. The last axis is contiguous in the output; along
// it an operand has the step 1 or 0.
//
// layout = 0: the operands are flat. The step is 1 for a tensor and 0 for a scalar (items: elements), or 2 for `inner` floats that are
//             repeated (items: rows of `inner` floats).
// else:       items are rows of `inner` floats under up to three outer axes; int32 at `layout`: sizes of the middle and
//             the last outer axis, then the three outer strides of a, of b (in floats).
import * as math from './math';
import { bytes } from './simd';
import { loadPart, overlap, storePart } from './vector';

@unmanaged class Add { @inline apply(a: v128, b: v128): v128 { return f32x4.add(a, b); } }
@unmanaged class Sub { @inline apply(a: v128, b: v128): v128 { return f32x4.sub(a, b); } }
@unmanaged class Multiply { @inline apply(a: v128, b: v128): v128 { return f32x4.mul(a, b); } }
@unmanaged class RealDiv { @inline apply(a: v128, b: v128): v128 { return f32x4.div(a, b); } }
// The instruction has the semantics of tfjs: NaN if either is NaN, and +0 is larger than -0.
@unmanaged class Maximum { @inline apply(a: v128, b: v128): v128 { return f32x4.max(a, b); } }
@unmanaged class Minimum { @inline apply(a: v128, b: v128): v128 { return f32x4.min(a, b); } }
@unmanaged class SquaredDifference {
  @inline apply(a: v128, b: v128): v128 { const d = f32x4.sub(a, b); return f32x4.mul(d, d); }
}
// a < 0 ? a b : a
@unmanaged class Prelu {
  @inline apply(a: v128, b: v128): v128 { return math.choose(f32x4.lt(a, f32x4.splat(0)), f32x4.mul(a, b), a); }
}
// @ts-ignore: decorator
@inline
function bothStep<Op>(a: usize, b: usize, out: usize, total: i32): void {
  let n = total;
  const op = changetype<Op>(0);
  for (; n >= 8; n -= 8) {
    const low = op.apply(v128.load(a), v128.load(b));
    const high = op.apply(v128.load(a, 16), v128.load(b, 16));
    v128.store(out, low);
    v128.store(out, high, 16);
    a += 32;
    b += 32;
    out += 32;
  }
  while (n > 0) {
    const back = overlap(total, n);
    const width = back ? 4 : n;
    storePart(out - back, op.apply(loadPart(a - back, width), loadPart(b - back, width)), width);
    n -= 4;
    a += 16;
    b += 16;
    out += 16;
  }
}

// @ts-ignore: decorator
@inline
function aSteps<Op>(a: usize, b: v128, out: usize, total: i32): void {
  let n = total;
  const op = changetype<Op>(0);
  for (; n >= 8; n -= 8) {
    const low = op.apply(v128.load(a), b);
    const high = op.apply(v128.load(a, 16), b);
    v128.store(out, low);
    v128.store(out, high, 16);
    a += 32;
    out += 32;
  }
  while (n > 0) {
    const back = overlap(total, n);
    const width = back ? 4 : n;
    storePart(out - back, op.apply(loadPart(a - back, width), b), width);
    n -= 4;
    a += 16;
    out += 16;
  }
}

// @ts-ignore: decorator
@inline
function bSteps<Op>(a: v128, b: usize, out: usize, total: i32): void {
  let n = total;
  const op = changetype<Op>(0);
  for (; n >= 8; n -= 8) {
    const low = op.apply(a, v128.load(b));
    const high = op.apply(a, v128.load(b, 16));
    v128.store(out, low);
    v128.store(out, high, 16);
    b += 32;
    out += 32;
  }
  while (n > 0) {
    const back = overlap(total, n);
    const width = back ? 4 : n;
    storePart(out - back, op.apply(a, loadPart(b - back, width)), width);
    n -= 4;
    b += 16;
    out += 16;
  }
}

// @ts-ignore: decorator
@inline
function applyRow<Op>(a: usize, b: usize, out: usize, stepA: i32, stepB: i32, n: i32): void {
  if (stepA & stepB) bothStep<Op>(a, b, out, n);
  else if (stepA) aSteps<Op>(a, v128.load32_splat(b), out, n);
  else bSteps<Op>(v128.load32_splat(a), b, out, n);
}

// The same order as in src/kernels/binary.ts.
function row(operation: i32, a: usize, b: usize, out: usize, stepA: i32, stepB: i32, n: i32): void {
  switch (operation) {
    case 0: return applyRow<Add>(a, b, out, stepA, stepB, n);
    case 1: return applyRow<Sub>(a, b, out, stepA, stepB, n);
    case 2: return applyRow<Multiply>(a, b, out, stepA, stepB, n);
    case 3: return applyRow<RealDiv>(a, b, out, stepA, stepB, n);
    case 4: return applyRow<Maximum>(a, b, out, stepA, stepB, n);
    case 5: return applyRow<Minimum>(a, b, out, stepA, stepB, n);
    case 6: return applyRow<SquaredDifference>(a, b, out, stepA, stepB, n);
    case 7: return applyRow<Prelu>(a, b, out, stepA, stepB, n);
  }
}

/** Repeats `inner` floats `times` times. */
function repeat(x: usize, out: usize, inner: i32, times: i32): void {
  const size = bytes(inner);
  for (let i = 0; i < times; i++) memory.copy(out + <usize>i * size, x, size);
}

const REPEATS: i32 = 64;

function periodic(operation: i32, a: usize, b: usize, out: usize, stepA: i32, inner: i32, first: i32, last: i32, scratch: usize): void {
  const size = bytes(inner);
  repeat(stepA == 2 ? a : b, scratch, inner, min(REPEATS, last - first));
  for (let i = first; i < last; i += REPEATS) {
    const at = <usize>i * size;
    const n = min(REPEATS, last - i) * inner;
    if (stepA == 2) row(operation, scratch, b + at, out + at, 1, 1, n);
    else row(operation, a + at, scratch, out + at, 1, 1, n);
  }
}

// @ts-ignore: decorator
@inline
function stride(layout: usize, i: i32): usize {
  return bytes(i32.load(layout + bytes(i)));
}

function rows(operation: i32, a: usize, b: usize, out: usize, stepA: i32, stepB: i32, inner: i32, layout: usize, first: i32, last: i32): void {
  const middle = i32.load(layout), innermost = i32.load(layout, 4);
  const a0 = stride(layout, 2), a1 = stride(layout, 3), a2 = stride(layout, 4);
  const b0 = stride(layout, 5), b1 = stride(layout, 6), b2 = stride(layout, 7);
  let k = first % innermost;
  const rest = first / innermost;
  let j = rest % middle;
  const i = rest / middle;
  a += <usize>i * a0 + <usize>j * a1 + <usize>k * a2;
  b += <usize>i * b0 + <usize>j * b1 + <usize>k * b2;
  const size = bytes(inner);
  out += <usize>first * size;
  for (let r = first; r < last; r++) {
    row(operation, a, b, out, stepA, stepB, inner);
    out += size;
    a += a2;
    b += b2;
    if (++k == innermost) {
      k = 0;
      a += a1 - <usize>innermost * a2;
      b += b1 - <usize>innermost * b2;
      if (++j == middle) {
        j = 0;
        a += a0 - <usize>middle * a1;
        b += b0 - <usize>middle * b1;
      }
    }
  }
}

export function binary(
  operation: i32, a: usize, b: usize, out: usize, stepA: i32, stepB: i32, inner: i32, layout: usize,
  first: i32, last: i32, scratch: usize,
): void {
  if (layout) rows(operation, a, b, out, stepA, stepB, inner, layout, first, last);
  else if ((stepA | stepB) & 2) periodic(operation, a, b, out, stepA, inner, first, last, scratch);
  else row(operation, a + bytes(first * stepA), b + bytes(first * stepB), out + bytes(first), stepA, stepB, last - first);
}
