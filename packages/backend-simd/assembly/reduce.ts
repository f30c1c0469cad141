// Reductions of x, as [outer, length, inner], along the middle axis. "Rows" kernels are for inner = 1, "columns" kernels for any. The
// axis is divided into `slices` of `per`: item u is slice u % slices of outer index u / slices and writes separate results. A second
// call over the slices finishes the work, so that the result does not depend on the threads.
import * as math from './math';
import { bytes } from './simd';
import { addBlock, COLUMN_BLOCK, sumFloats } from './sums';
import { loadPart, storePart } from './vector';

export function sumRows(
  x: usize, out: usize, length: i32, inner: i32, slices: i32, per: i32, scale: f32, first: i32, last: i32, scratch: usize,
): void {
  for (let u = first; u < last; u++) {
    const start = (u % slices) * per;
    const row = x + bytes(u / slices) * length + bytes(start);
    f32.store(out + bytes(u), <f32>(sumFloats(row, min(per, length - start)) * scale));
  }
}

// The number of columns at a time, whose double sums fill half the scratch buffer.
const STRIP: i32 = 16384;

function sumStrip(x: usize, out: usize, rows: i32, width: i32, pitch: usize, scale: f32, scratch: usize): void {
  memory.fill(scratch, 0, (<usize>width) << 3);
  for (let r = 0; r < rows; r += COLUMN_BLOCK) {
    addBlock(x + <usize>r * pitch, scratch, min(COLUMN_BLOCK, rows - r), width, pitch);
  }
  for (let c = 0; c < width; c++) f32.store(out + bytes(c), <f32>(f64.load(scratch + ((<usize>c) << 3)) * scale));
}

// For few columns, several rows are treated as one, so that vectors are full.
function sumNarrow(x: usize, out: usize, rows: i32, inner: i32, scale: f32, scratch: usize): void {
  const fold = inner >= 4 ? 4 : 16;
  const width = inner * fold, folded = rows / fold;
  memory.fill(scratch, 0, (<usize>width) << 3);
  for (let r = 0; r < folded; r += COLUMN_BLOCK) {
    addBlock(x + bytes(r * width), scratch, min(COLUMN_BLOCK, folded - r), width, bytes(width));
  }
  for (let c = 0; c < inner; c++) {
    let total: f64 = 0;
    for (let f = 0; f < fold; f++) total += f64.load(scratch + ((<usize>(f * inner + c)) << 3));
    for (let r = folded * fold; r < rows; r++) total += f32.load(x + bytes(r * inner + c));
    f32.store(out + bytes(c), <f32>(total * scale));
  }
}

export function sumColumns(
  x: usize, out: usize, length: i32, inner: i32, slices: i32, per: i32, scale: f32, first: i32, last: i32, scratch: usize,
): void {
  const pitch = bytes(inner);
  for (let u = first; u < last; u++) {
    const start = (u % slices) * per;
    const block = x + (<usize>(u / slices) * length + start) * pitch;
    const to = out + <usize>u * pitch;
    const rows = min(per, length - start);
    if (inner < 16) {
      sumNarrow(block, to, rows, inner, scale, scratch);
    } else {
      for (let c = 0; c < inner; ) {
        // A last strip narrower than a vector cannot overlap the previous one.
        const width = inner - c <= STRIP + 16 ? inner - c : STRIP;
        sumStrip(block + bytes(c), to + bytes(c), rows, width, pitch, scale, scratch);
        c += width;
      }
    }
  }
}

// The better one of two. A NaN in `v` loses; NaN is detected separately.
@unmanaged class Larger {
  @inline start(): f32 { return -Infinity; }
  @inline of(best: v128, v: v128): v128 { return f32x4.pmax(best, v); }
  @inline one(best: f32, v: f32): f32 { return v > best ? v : best; }
}
@unmanaged class Smaller {
  @inline start(): f32 { return Infinity; }
  @inline of(best: v128, v: v128): v128 { return f32x4.pmin(best, v); }
  @inline one(best: f32, v: f32): f32 { return v < best ? v : best; }
}

function findExtreme<Op>(x: usize, n: i32): f32 {
  const op = changetype<Op>(0);
  let a = f32x4.splat(op.start()), b = a, c = a, d = a;
  let nan = f32x4.splat(0);
  const end16 = x + bytes(n & ~15);
  for (; x < end16; x += 64) {
    const p = v128.load(x), q = v128.load(x, 16), r = v128.load(x, 32), s = v128.load(x, 48);
    a = op.of(a, p);
    b = op.of(b, q);
    c = op.of(c, r);
    d = op.of(d, s);
    nan = v128.or(nan, v128.or(v128.or(f32x4.ne(p, p), f32x4.ne(q, q)), v128.or(f32x4.ne(r, r), f32x4.ne(s, s))));
  }
  a = op.of(op.of(a, b), op.of(c, d));
  let best = op.one(f32x4.extract_lane(a, 0), f32x4.extract_lane(a, 1));
  best = op.one(best, op.one(f32x4.extract_lane(a, 2), f32x4.extract_lane(a, 3)));
  let isNaN: bool = v128.any_true(nan);
  for (let i = n & ~15; i < n; i++) {
    const value = f32.load(x);
    isNaN = isNaN || value != value;
    best = op.one(best, value);
    x += 4;
  }
  return isNaN ? NaN : best;
}

// @ts-ignore: decorator
@inline
function extremeRows<Op>(x: usize, out: usize, length: i32, slices: i32, per: i32, first: i32, last: i32): void {
  for (let u = first; u < last; u++) {
    const start = (u % slices) * per;
    const row = x + bytes(u / slices) * length + bytes(start);
    f32.store(out + bytes(u), findExtreme<Op>(row, min(per, length - start)));
  }
}

// @ts-ignore: decorator
@inline
function extremeColumns<Op>(x: usize, out: usize, length: i32, inner: i32, slices: i32, per: i32, first: i32, last: i32): void {
  const op = changetype<Op>(0);
  const pitch = bytes(inner);
  for (let u = first; u < last; u++) {
    const start = (u % slices) * per;
    const block = x + (<usize>(u / slices) * length + start) * pitch;
    const to = out + <usize>u * pitch;
    const rows = min(per, length - start);
    for (let c = 0; c < inner; c += 4) {
      const n = inner - c;
      let best = f32x4.splat(op.start()), nan = f32x4.splat(0);
      let p = block + bytes(c);
      for (let r = 0; r < rows; r++) {
        const v = loadPart(p, n);
        best = op.of(best, v);
        nan = v128.or(nan, f32x4.ne(v, v));
        p += pitch;
      }
      storePart(to + bytes(c), v128.or(best, nan), n);
    }
  }
}

export function maxRows(
  x: usize, out: usize, length: i32, inner: i32, slices: i32, per: i32, scale: f32, first: i32, last: i32, scratch: usize,
): void { extremeRows<Larger>(x, out, length, slices, per, first, last); }
export function minRows(
  x: usize, out: usize, length: i32, inner: i32, slices: i32, per: i32, scale: f32, first: i32, last: i32, scratch: usize,
): void { extremeRows<Smaller>(x, out, length, slices, per, first, last); }
export function maxColumns(
  x: usize, out: usize, length: i32, inner: i32, slices: i32, per: i32, scale: f32, first: i32, last: i32, scratch: usize,
): void { extremeColumns<Larger>(x, out, length, inner, slices, per, first, last); }
export function minColumns(
  x: usize, out: usize, length: i32, inner: i32, slices: i32, per: i32, scale: f32, first: i32, last: i32, scratch: usize,
): void { extremeColumns<Smaller>(x, out, length, inner, slices, per, first, last); }

/**
 * The index of the first largest value of `sign` x along the middle axis. As in tfjs, NaN wins only in the first position.
 * Items: outer.
 */
export function argExtreme(
  x: usize, out: usize, length: i32, inner: i32, sign: f32, first: i32, last: i32, scratch: usize,
): void {
  const factor = f32x4.splat(sign);
  for (let o = first; o < last; o++) {
    const block = x + bytes(o) * length * inner, to = out + bytes(o) * inner;
    if (inner == 1) {
      i32.store(to, argRow(block, length, factor));
      continue;
    }
    for (let c = 0; c < inner; c += 4) {
      const n = inner - c;
      let p = block + bytes(c);
      let best = f32x4.mul(loadPart(p, n), factor), where = i32x4.splat(0);
      for (let r = 1; r < length; r++) {
        p += bytes(inner);
        const v = f32x4.mul(loadPart(p, n), factor);
        const better = f32x4.gt(v, best);
        best = math.choose(better, v, best);
        where = math.choose(better, i32x4.splat(r), where);
      }
      storePart(to + bytes(c), where, n);
    }
  }
}

function argRow(x: usize, n: i32, factor: v128): i32 {
  const start = f32x4.mul(v128.load32_splat(x), factor);
  let best = start, where = i32x4.splat(0), index = i32x4(0, 1, 2, 3);
  for (const end = x + bytes(n & ~3); x < end; x += 16) {
    const v = f32x4.mul(v128.load(x), factor);
    const better = f32x4.gt(v, best);
    best = math.choose(better, v, best);
    where = math.choose(better, index, where);
    index = i32x4.add(index, i32x4.splat(4));
  }
  const rest = n & 3;
  if (rest) {
    const v = f32x4.mul(loadPart(x, rest), factor);
    const inside = i32x4.lt_s(index, i32x4.splat(n));
    const better = v128.and(f32x4.gt(v, best), inside);
    best = math.choose(better, v, best);
    where = math.choose(better, index, where);
  }
  let value = f32x4.extract_lane(best, 0), found = i32x4.extract_lane(where, 0);
  for (let lane = 1; lane < 4; lane++) {
    const next = readLane(best, lane);
    const at = lane == 1 ? i32x4.extract_lane(where, 1) : lane == 2 ? i32x4.extract_lane(where, 2) : i32x4.extract_lane(where, 3);
    if (next > value || (next == value && at < found)) {
      value = next;
      found = at;
    }
  }
  return found;
}

// @ts-ignore: decorator
@inline
function readLane(v: v128, lane: i32): f32 {
  return lane == 1 ? f32x4.extract_lane(v, 1) : lane == 2 ? f32x4.extract_lane(v, 2) : f32x4.extract_lane(v, 3);
}
