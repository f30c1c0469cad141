// Layer normalization: [rows, n], each row normalized.
import { bytes } from './simd';
import { sumFloats, sumLanes } from './sums';
import { loadPart, storePart } from './vector';

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

/** y = (x - mean) rstd gamma + beta for every row of n floats; also writes mean and rstd. Items: rows. */
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
 * With g = dy gamma and h = (x - mean) rstd: dx = rstd (g - mean(g) - h mean(g h)). Row u of `dgamma` and `dbeta` gets the sums of dy h
 * and of dy over the rows of slice u. Items: slices of `per` rows, few enough for float sums.
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
