// Normalisation. Batch norm sees x as [rows, channels] and works on `width` channels from `x` on, so that rows are
// `pitch` floats apart; layer norm sees [rows, n] and normalises each row.
import { GELU, GELU_TANH, Gelu, GeluTanh, Identity, RELU, Relu, SILU, Silu } from './activations';
import { bytes, multiplyAdd } from './simd';
import { COLUMN_BLOCK, flush, sumFloats, sumLanes, upperHalf } from './sums';
import { loadPart, storePart } from './vector';

// @ts-ignore: decorator
@inline
function doubles(n: i32): usize {
  return (<usize>n) << 3;
}

// Sums in double precision stand in the scratch buffer with room for whole vectors.
// @ts-ignore: decorator
@inline
function padded(width: i32): i32 {
  return (width + 3) & ~3;
}

function writeSums(scratch: usize, sums: usize, width: i32): void {
  memory.copy(sums, scratch, doubles(width));
  memory.copy(sums + doubles(width), scratch + doubles(padded(width)), doubles(width));
}

/**
 * For each channel the sum of x and the sum of x^2, of slice u the doubles at sums + u * 16 * width. Within a block of
 * rows squares are taken of the distance to the block's mean, so that a large mean costs no digits. Units: slices.
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

// Adds to the sums of x and x^2 what a block of `count` rows has, whose sum around `origin` and squares around its mean are
// given. Around the first row, as the origin, sums stay small and keep their digits.
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

// Eight channels at a time, so that several sums are under way at once.
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

/** mean = sum x / rows, variance = sum x^2 / rows - mean^2. Units: channels. */
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
    // max() would turn NaN into 0 in one order of operands and not in the other: written out.
    const v = square / <f64>rows - m * m;
    f32.store(variance + bytes(c), v < 0 ? 0 : <f32>v);
  }
}

// y = (x - mean) scale + shift per channel, as every kernel computes it.
function writeAffine(scale: usize, shift: usize, variance: usize, gamma: usize, beta: usize, width: i32, epsilon: f32): void {
  for (let c = 0; c < width; c++) {
    const rstd = <f32>(1 / Math.sqrt(<f64>f32.load(variance + bytes(c)) + <f64>epsilon));
    f32.store(scale + bytes(c), gamma ? rstd * f32.load(gamma + bytes(c)) : rstd);
    f32.store(shift + bytes(c), beta ? f32.load(beta + bytes(c)) : 0);
  }
}

/**
 * y = f((x - mean) * gamma / sqrt(variance + epsilon) + beta) with the activation f; gamma and beta may be 0 for none.
 * Units: rows.
 */
export function batchNormApply(
  x: usize, y: usize, mean: usize, variance: usize, gamma: usize, beta: usize, pitch: i32, width: i32, epsilon: f32,
  activation: i32, first: i32, last: i32, scratch: usize,
): void {
  const shift = scratch + bytes(padded(width));
  writeAffine(scratch, shift, variance, gamma, beta, width, epsilon);
  const at = bytes(first) * pitch;
  if (activation == RELU) applyRows<Relu>(x + at, y + at, mean, scratch, shift, pitch, width, last - first);
  else if (activation == SILU) applyRows<Silu>(x + at, y + at, mean, scratch, shift, pitch, width, last - first);
  else if (activation == GELU) applyRows<Gelu>(x + at, y + at, mean, scratch, shift, pitch, width, last - first);
  else if (activation == GELU_TANH) applyRows<GeluTanh>(x + at, y + at, mean, scratch, shift, pitch, width, last - first);
  else applyRows<Identity>(x + at, y + at, mean, scratch, shift, pitch, width, last - first);
}

function applyRows<Op>(
  x: usize, y: usize, mean: usize, scale: usize, shift: usize, pitch: i32, width: i32, rows: i32,
): void {
  const op = changetype<Op>(0);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < width; c += 4) {
      const n = width - c, f = bytes(c);
      storePart(y + f, op.value(affine(x, mean, scale, shift, f, n)), n);
    }
    x += bytes(pitch);
    y += bytes(pitch);
  }
}

// @ts-ignore: decorator
@inline
function affine(x: usize, mean: usize, scale: usize, shift: usize, at: usize, n: i32): v128 {
  const d = f32x4.sub(loadPart(x + at, n), loadPart(mean + at, n));
  return f32x4.add(f32x4.mul(d, v128.load(scale + at)), v128.load(shift + at));
}

// g = dy f'(z) for `rows` rows, with z = (x - mean) scale + shift computed again.
function gradientRows<Op>(
  dy: usize, x: usize, g: usize, mean: usize, scale: usize, shift: usize, pitch: i32, width: i32, rows: i32,
): void {
  const op = changetype<Op>(0);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < width; c += 4) {
      const n = width - c, f = bytes(c);
      storePart(g + f, op.gradient(loadPart(dy + f, n), affine(x, mean, scale, shift, f, n)), n);
    }
    dy += bytes(pitch);
    x += bytes(pitch);
    g += bytes(pitch);
  }
}

function activationGradient(
  activation: i32, dy: usize, x: usize, g: usize, mean: usize, scale: usize, shift: usize, pitch: i32, width: i32, rows: i32,
): void {
  if (activation == RELU) gradientRows<Relu>(dy, x, g, mean, scale, shift, pitch, width, rows);
  else if (activation == SILU) gradientRows<Silu>(dy, x, g, mean, scale, shift, pitch, width, rows);
  else if (activation == GELU) gradientRows<Gelu>(dy, x, g, mean, scale, shift, pitch, width, rows);
  else gradientRows<GeluTanh>(dy, x, g, mean, scale, shift, pitch, width, rows);
}

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

/** For each channel sum dy and sum dy (x - mean); as {@link batchNormSums}. Units: slices. */
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
 * The same behind an activation f: g = dy f'(z) goes to `dx`, and the sums are those of g, taken while it is in the cache.
 * Units: slices.
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
      activationGradient(activation, dy + at, x + at, dx + at, mean, scale, shift, pitch, width, count);
      productsOfRows(dx + at, x + at, mean, scratch, count, pitch, width);
    }
    writeSums(scratch, sums + doubles(2 * width * u), width);
  }
}

// Adds to the double sums at `sums`, and to the products behind them, what at most COLUMN_BLOCK rows have.
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

/** dbeta = sum dy, dgamma = rstd sum dy (x - mean). Units: channels. */
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

/** dx = gamma rstd (dy - dbeta / rows - (x - mean) rstd dgamma / rows); dy may lie at dx. Units: rows. */
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

// Sum of (x - mean)^2 over n floats.
function squaresAround(x: usize, mean: f32, n: i32): f64 {
  const m = f32x4.splat(mean);
  let total: f64 = 0;
  while (n >= 8) {
    let a = f32x4.splat(0), b = f32x4.splat(0);
    const block = min(n, 256) & ~7;
    for (const end = x + bytes(block); x < end; x += 32) {
      const d = f32x4.sub(v128.load(x), m), e = f32x4.sub(v128.load(x, 16), m);
      a = f32x4.add(a, f32x4.mul(d, d));
      b = f32x4.add(b, f32x4.mul(e, e));
    }
    total += sumLanes(f32x4.add(a, b));
    n -= block;
  }
  for (; n > 0; n--) {
    const d = <f64>(f32.load(x) - mean);
    total += d * d;
    x += 4;
  }
  return total;
}

/** y = (x - mean) rstd gamma + beta for every row of n floats; also writes mean and rstd. Units: rows. */
export function layerNorm(
  x: usize, gamma: usize, beta: usize, y: usize, mean: usize, rstd: usize, n: i32, epsilon: f32,
  first: i32, last: i32, scratch: usize,
): void {
  for (let r = first; r < last; r++) {
    const at = bytes(r) * n;
    const m = <f32>(sumFloats(x + at, n) / <f64>n);
    const s = <f32>(1 / Math.sqrt(squaresAround(x + at, m, n) / <f64>n + <f64>epsilon));
    f32.store(mean + bytes(r), m);
    f32.store(rstd + bytes(r), s);
    const vm = f32x4.splat(m), vs = f32x4.splat(s);
    for (let i = 0; i < n; i += 4) {
      const left = n - i, f = bytes(i);
      const normal = f32x4.mul(f32x4.sub(loadPart(x + at + f, left), vm), vs);
      storePart(y + at + f, f32x4.add(f32x4.mul(normal, loadPart(gamma + f, left)), loadPart(beta + f, left)), left);
    }
  }
}

/**
 * With g = dy gamma and h = (x - mean) rstd: dx = rstd (g - mean(g) - h mean(g h)); of slice u the sums of dy h and of dy
 * over its rows in row u of `dgamma` and `dbeta`. Units: slices of `per` rows, few enough for sums in floats.
 */
export function layerNormGrad(
  dy: usize, x: usize, mean: usize, rstd: usize, gamma: usize, dx: usize, dgamma: usize, dbeta: usize,
  rows: i32, n: i32, per: i32, first: i32, last: i32, scratch: usize,
): void {
  for (let u = first; u < last; u++) {
    const toGamma = dgamma + bytes(u) * n, toBeta = dbeta + bytes(u) * n;
    memory.fill(toGamma, 0, bytes(n));
    memory.fill(toBeta, 0, bytes(n));
    const end = min(rows, (u + 1) * per);
    for (let r = u * per; r < end; r++) {
      const at = bytes(r) * n;
      const m = v128.load32_splat(mean + bytes(r)), s = v128.load32_splat(rstd + bytes(r));
      let total: f64 = 0, product: f64 = 0;
      for (let i = 0; i < n; ) {
        let sum = f32x4.splat(0), sumProduct = f32x4.splat(0);
        for (const stop = min(n, i + 256); i < stop; i += 4) {
          const left = n - i, f = bytes(i);
          const g = loadPart(dy + at + f, left);
          const h = f32x4.mul(f32x4.sub(loadPart(x + at + f, left), m), s);
          const gh = f32x4.mul(g, h);
          const scale = loadPart(gamma + f, left);
          storePart(toBeta + f, f32x4.add(loadPart(toBeta + f, left), g), left);
          storePart(toGamma + f, f32x4.add(loadPart(toGamma + f, left), gh), left);
          sum = f32x4.add(sum, f32x4.mul(g, scale));
          sumProduct = f32x4.add(sumProduct, f32x4.mul(gh, scale));
        }
        total += sumLanes(sum);
        product += sumLanes(sumProduct);
      }
      const meanG = f32x4.splat(<f32>(total / <f64>n)), meanGh = f32x4.splat(<f32>(product / <f64>n));
      for (let i = 0; i < n; i += 4) {
        const left = n - i, f = bytes(i);
        const g = f32x4.mul(loadPart(dy + at + f, left), loadPart(gamma + f, left));
        const h = f32x4.mul(f32x4.sub(loadPart(x + at + f, left), m), s);
        storePart(dx + at + f, f32x4.mul(s, f32x4.sub(f32x4.sub(g, meanG), f32x4.mul(h, meanGh))), left);
      }
    }
  }
}
