// Gradients of batch normalization. Rows and channels: see batch-norm-rows.ts.
import { doubles, padded, writeAffine, writeSums } from './batch-norm-rows';
import { applyActivationGradient } from './generated/activation-functions';
import { bytes, multiplyAdd } from './simd';
import { COLUMN_BLOCK, flush } from './sums';
import { loadPart, storePart } from './vector';

// @ts-ignore: decorator
@inline
function productsOfWideBlock(dy: usize, x: usize, mean: usize, sums: usize, products: usize, count: i32, step: usize): void {
  const ma = v128.load(mean), mb = v128.load(mean, 16);
  let a = f32x4.splat(0), b = a, pa = a, pb = a;
  for (let i = 0; i < count; i++) {
    const ga = v128.load(dy), gb = v128.load(dy, 16);
    a = f32x4.add(a, ga);
    b = f32x4.add(b, gb);
    pa = multiplyAdd(ga, f32x4.sub(v128.load(x), ma), pa);
    pb = multiplyAdd(gb, f32x4.sub(v128.load(x, 16), mb), pb);
    dy += step;
    x += step;
  }
  flush(sums, a);
  flush(sums + 32, b);
  flush(products, pa);
  flush(products + 32, pb);
}

// @ts-ignore: decorator
@inline
function productsOfBlock(
  dy: usize, x: usize, mean: usize, sums: usize, products: usize, count: i32, step: usize, n: i32,
): void {
  const m = loadPart(mean, n);
  let sum = f32x4.splat(0), product = f32x4.splat(0);
  for (let i = 0; i < count; i++) {
    const g = loadPart(dy, n);
    sum = f32x4.add(sum, g);
    product = multiplyAdd(g, f32x4.sub(loadPart(x, n), m), product);
    dy += step;
    x += step;
  }
  flush(sums, sum);
  flush(products, product);
}

/** For each channel sum dy and sum dy (x - mean); as {@link batchNormSums}. Items: slices. */
export function batchNormGradSums(
  dy: usize, x: usize, mean: usize, sums: usize, rows: i32, pitch: i32, width: i32, per: i32,
  first: i32, last: i32, scratch: usize,
): void {
  for (let u = first; u < last; u++) {
    memory.fill(scratch, 0, doubles(2 * padded(width)));
    const end = min(rows, (u + 1) * per);
    for (let r = u * per; r < end; r += COLUMN_BLOCK) {
      const at = bytes(r) * pitch;
      productsOfRows(dy + at, x + at, mean, scratch, min(COLUMN_BLOCK, end - r), pitch, width);
    }
    writeSums(scratch, sums + doubles(2 * width * u), width);
  }
}

/**
 * The same with an activation f: g = dy f'(z) goes to `dx`, and the sums are those of g, computed while it is in the cache.
 * Items: slices.
 */
export function batchNormActivationGradSums(
  dy: usize, x: usize, dx: usize, mean: usize, variance: usize, gamma: usize, beta: usize, sums: usize,
  rows: i32, pitch: i32, width: i32, per: i32, epsilon: f32, activation: i32, first: i32, last: i32, scratch: usize,
): void {
  const scale = scratch + doubles(2 * padded(width)), shift = scale + bytes(padded(width));
  writeAffine(scale, shift, variance, gamma, beta, width, epsilon);
  for (let u = first; u < last; u++) {
    memory.fill(scratch, 0, doubles(2 * padded(width)));
    const end = min(rows, (u + 1) * per);
    for (let r = u * per; r < end; r += COLUMN_BLOCK) {
      const count = min(COLUMN_BLOCK, end - r);
      const at = bytes(r) * pitch;
      applyActivationGradient(activation, dy + at, x + at, dx + at, mean, scale, shift, pitch, width, count);
      productsOfRows(dx + at, x + at, mean, scratch, count, pitch, width);
    }
    writeSums(scratch, sums + doubles(2 * width * u), width);
  }
}

// Adds the sums of at most COLUMN_BLOCK rows to the double sums at `sums`, and their products to those after them.
function productsOfRows(dy: usize, x: usize, mean: usize, sums: usize, count: i32, pitch: i32, width: i32): void {
  const products = sums + doubles(padded(width));
  const step = bytes(pitch);
  let c = 0;
  for (; c + 8 <= width; c += 8) {
    const f = bytes(c), s = doubles(c);
    productsOfWideBlock(dy + f, x + f, mean + f, sums + s, products + s, count, step);
  }
  for (; c < width; c += 4) {
    const f = bytes(c), s = doubles(c);
    productsOfBlock(dy + f, x + f, mean + f, sums + s, products + s, count, step, width - c);
  }
}

/** dbeta = sum dy, dgamma = rstd sum dy (x - mean). Items: channels. */
export function batchNormGradParameters(
  sums: usize, variance: usize, dgamma: usize, dbeta: usize, width: i32, slices: i32, epsilon: f32,
  first: i32, last: i32, scratch: usize,
): void {
  for (let c = first; c < last; c++) {
    let sum: f64 = 0, product: f64 = 0;
    for (let u = 0; u < slices; u++) {
      sum += f64.load(sums + doubles(2 * width * u + c));
      product += f64.load(sums + doubles(2 * width * u + width + c));
    }
    const rstd = 1 / Math.sqrt(<f64>f32.load(variance + bytes(c)) + <f64>epsilon);
    f32.store(dbeta + bytes(c), <f32>sum);
    f32.store(dgamma + bytes(c), <f32>(product * rstd));
  }
}

/** dx = gamma rstd (dy - dbeta / rows - (x - mean) rstd dgamma / rows); dy may lie at dx. Items: rows. */
export function batchNormGradInput(
  dy: usize, x: usize, dx: usize, mean: usize, variance: usize, gamma: usize, dgamma: usize, dbeta: usize,
  rows: i32, pitch: i32, width: i32, epsilon: f32, first: i32, last: i32, scratch: usize,
): void {
  const room = bytes(padded(width));
  const slope = scratch + room, shift = scratch + 2 * room;
  for (let c = 0; c < width; c++) {
    const rstd = 1 / Math.sqrt(<f64>f32.load(variance + bytes(c)) + <f64>epsilon);
    f32.store(scratch + bytes(c), <f32>(gamma ? rstd * <f64>f32.load(gamma + bytes(c)) : rstd));
    f32.store(slope + bytes(c), <f32>(rstd * <f64>f32.load(dgamma + bytes(c)) / <f64>rows));
    f32.store(shift + bytes(c), <f32>(<f64>f32.load(dbeta + bytes(c)) / <f64>rows));
  }
  for (let r = first; r < last; r++) {
    const at = bytes(r) * pitch;
    for (let c = 0; c < width; c += 4) {
      const n = width - c, f = bytes(c);
      const d = f32x4.sub(loadPart(x + at + f, n), loadPart(mean + f, n));
      const g = f32x4.sub(f32x4.sub(loadPart(dy + at + f, n), v128.load(shift + f)), f32x4.mul(d, v128.load(slope + f)));
      storePart(dx + at + f, f32x4.mul(g, v128.load(scratch + f)), n);
    }
  }
}
