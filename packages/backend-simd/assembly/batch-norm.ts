// Batch normalization in training: moments and values. Rows and channels: see batch-norm-rows.ts.
import { applyRows, doubles, Identity, padded, writeAffine, writeSums } from './batch-norm-rows';
import { applyActivation } from './generated/activation-functions';
import { bytes, multiplyAdd } from './simd';
import { COLUMN_BLOCK, flush, upperHalf } from './sums';
import { loadPart } from './vector';

/**
 * For each channel the sum of x and the sum of x^2; the doubles of slice u are at sums + u * 16 * width. Within a block of rows, the
 * squares are around the mean of the block, so that a large mean does not lose digits. Items: slices.
 */
export function batchNormSums(
  x: usize, sums: usize, rows: i32, pitch: i32, width: i32, per: i32, first: i32, last: i32, scratch: usize,
): void {
  const squares = scratch + doubles(padded(width));
  for (let u = first; u < last; u++) {
    memory.fill(scratch, 0, doubles(2 * padded(width)));
    const end = min(rows, (u + 1) * per);
    for (let r = u * per; r < end; r += COLUMN_BLOCK) {
      const count = min(COLUMN_BLOCK, end - r);
      const start = x + bytes(r) * pitch;
      const step = bytes(pitch);
      let c = 0;
      for (; c + 8 <= width; c += 8) {
        sumsOfWideBlock(start + bytes(c), scratch + doubles(c), squares + doubles(c), count, step);
      }
      for (; c < width; c += 4) {
        sumsOfBlock(start + bytes(c), scratch + doubles(c), squares + doubles(c), count, step, width - c);
      }
    }
    writeSums(scratch, sums + doubles(2 * width * u), width);
  }
}

// Adds a block of `count` rows to the sums of x and x^2. Its sum around `origin` and its squares around its mean are given. The origin
// is the first row, so that the sums stay small and keep their digits.
// @ts-ignore: decorator
@inline
function flushMoments(sums: usize, squares: usize, origin: v128, sum: v128, square: v128, count: i32): void {
  const n = f64x2.splat(<f64>count), share = f64x2.splat(1 / <f64>count);
  const low = f64x2.add(f64x2.mul(f64x2.promote_low_f32x4(origin), n), f64x2.promote_low_f32x4(sum));
  const upper = f64x2.promote_low_f32x4(upperHalf(origin));
  const high = f64x2.add(f64x2.mul(upper, n), f64x2.promote_low_f32x4(upperHalf(sum)));
  v128.store(sums, f64x2.add(v128.load(sums), low));
  v128.store(sums, f64x2.add(v128.load(sums, 16), high), 16);
  flush(squares, square);
  v128.store(squares, f64x2.add(v128.load(squares), f64x2.mul(f64x2.mul(low, low), share)));
  v128.store(squares, f64x2.add(v128.load(squares, 16), f64x2.mul(f64x2.mul(high, high), share)), 16);
}

// Eight channels at a time, so that several sums are computed in parallel.
// @ts-ignore: decorator
@inline
function sumsOfWideBlock(x: usize, sums: usize, squares: usize, count: i32, step: usize): void {
  const originA = v128.load(x), originB = v128.load(x, 16);
  let a = f32x4.splat(0), b = a;
  let p = x;
  for (let i = 0; i < count; i++) {
    a = f32x4.add(a, f32x4.sub(v128.load(p), originA));
    b = f32x4.add(b, f32x4.sub(v128.load(p, 16), originB));
    p += step;
  }
  const share = f32x4.splat(<f32>1 / <f32>count);
  const meanA = multiplyAdd(a, share, originA), meanB = multiplyAdd(b, share, originB);
  let squareA = f32x4.splat(0), squareB = squareA;
  p = x;
  for (let i = 0; i < count; i++) {
    const dA = f32x4.sub(v128.load(p), meanA), dB = f32x4.sub(v128.load(p, 16), meanB);
    squareA = multiplyAdd(dA, dA, squareA);
    squareB = multiplyAdd(dB, dB, squareB);
    p += step;
  }
  flushMoments(sums, squares, originA, a, squareA, count);
  flushMoments(sums + 32, squares + 32, originB, b, squareB, count);
}

// @ts-ignore: decorator
@inline
function sumsOfBlock(x: usize, sums: usize, squares: usize, count: i32, step: usize, n: i32): void {
  const origin = loadPart(x, n);
  let sum = f32x4.splat(0);
  let p = x;
  for (let i = 0; i < count; i++) {
    sum = f32x4.add(sum, f32x4.sub(loadPart(p, n), origin));
    p += step;
  }
  const mean = multiplyAdd(sum, f32x4.splat(<f32>1 / <f32>count), origin);
  let square = f32x4.splat(0);
  p = x;
  for (let i = 0; i < count; i++) {
    const d = f32x4.sub(loadPart(p, n), mean);
    square = multiplyAdd(d, d, square);
    p += step;
  }
  flushMoments(sums, squares, origin, sum, square, count);
}

/** mean = sum x / rows, variance = sum x^2 / rows - mean^2. Items: channels. */
export function batchNormMoments(
  sums: usize, mean: usize, variance: usize, rows: i32, width: i32, slices: i32, first: i32, last: i32, scratch: usize,
): void {
  for (let c = first; c < last; c++) {
    let sum: f64 = 0, square: f64 = 0;
    for (let u = 0; u < slices; u++) {
      sum += f64.load(sums + doubles(2 * width * u + c));
      square += f64.load(sums + doubles(2 * width * u + width + c));
    }
    const m = sum / <f64>rows;
    f32.store(mean + bytes(c), <f32>m);
    // Not max(), which would turn NaN into 0 depending on the order of its operands.
    const v = square / <f64>rows - m * m;
    f32.store(variance + bytes(c), v < 0 ? 0 : <f32>v);
  }
}

/**
 * y = f((x - mean) * gamma / sqrt(variance + epsilon) + beta) with the activation f. gamma and beta are 0 if they are missing.
 * Items: rows.
 */
export function batchNormApply(
  x: usize, y: usize, mean: usize, variance: usize, gamma: usize, beta: usize, pitch: i32, width: i32, epsilon: f32,
  activation: i32, first: i32, last: i32, scratch: usize,
): void {
  const shift = scratch + bytes(padded(width));
  writeAffine(scratch, shift, variance, gamma, beta, width, epsilon);
  const at = bytes(first) * pitch;
  if (activation) applyActivation(activation, x + at, y + at, mean, scratch, shift, pitch, width, last - first);
  else applyRows<Identity>(x + at, y + at, mean, scratch, shift, pitch, width, last - first);
}
