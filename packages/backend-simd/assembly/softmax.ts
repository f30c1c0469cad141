// Softmax and related kernels, over rows of n floats. Items: rows. n is at most LONGEST.
import * as math from './math';
import { bytes } from './simd';
import { sumLanes } from './sums';
import { loadPart, storePart } from './vector';

// Copies a row to the scratch buffer, padded to whole vectors with -Infinity, which does not change the maximum and whose exponential
// is 0. Returns the maximum.
function stage(x: usize, scratch: usize, n: i32): f32 {
  let best = f32x4.splat(-Infinity);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const v = v128.load(x + bytes(i));
    v128.store(scratch + bytes(i), v);
    best = f32x4.pmax(best, v);
  }
  if (i < n) {
    v128.store(scratch + bytes(i), f32x4.splat(-Infinity));
    storePart(scratch + bytes(i), loadPart(x + bytes(i), n - i), n - i);
    best = f32x4.pmax(best, v128.load(scratch + bytes(i)));
  }
  const a = max(f32x4.extract_lane(best, 0), f32x4.extract_lane(best, 1));
  return max(a, max(f32x4.extract_lane(best, 2), f32x4.extract_lane(best, 3)));
}

// Replaces the staged z by exp(z - largest) and returns the sum.
function exponentials(scratch: usize, largest: f32, n: i32): f64 {
  const m = f32x4.splat(largest);
  let total: f64 = 0;
  for (let i = 0; i < n; ) {
    let sum = f32x4.splat(0);
    for (const end = min(n, i + 256); i < end; i += 4) {
      const e = math.expNegative(f32x4.sub(v128.load(scratch + bytes(i)), m));
      v128.store(scratch + bytes(i), e);
      sum = f32x4.add(sum, e);
    }
    total += sumLanes(sum);
  }
  return total;
}

function divide(scratch: usize, out: usize, total: f64, n: i32): void {
  const divisor = f32x4.splat(<f32>total);
  for (let i = 0; i < n; i += 4) {
    storePart(out + bytes(i), f32x4.div(v128.load(scratch + bytes(i)), divisor), n - i);
  }
}

/** exp(z_i) / sum_j exp(z_j) */
export function softmax(x: usize, out: usize, n: i32, first: i32, last: i32, scratch: usize): void {
  for (let r = first; r < last; r++) {
    const at = bytes(r) * n;
    const largest = stage(x + at, scratch, n);
    divide(scratch, out + at, exponentials(scratch, largest, n), n);
  }
}

/** dx = y (dy - sum_j dy_j y_j) */
export function softmaxGrad(dy: usize, y: usize, dx: usize, n: i32, first: i32, last: i32, scratch: usize): void {
  for (let r = first; r < last; r++) {
    const at = bytes(r) * n;
    let total: f64 = 0;
    for (let i = 0; i < n; ) {
      let sum = f32x4.splat(0);
      for (const end = min(n, i + 256); i < end; i += 4) {
        sum = f32x4.add(sum, f32x4.mul(loadPart(dy + at + bytes(i), n - i), loadPart(y + at + bytes(i), n - i)));
      }
      total += sumLanes(sum);
    }
    const mean = f32x4.splat(<f32>total);
    for (let i = 0; i < n; i += 4) {
      const g = f32x4.sub(loadPart(dy + at + bytes(i), n - i), mean);
      storePart(dx + at + bytes(i), f32x4.mul(g, loadPart(y + at + bytes(i), n - i)), n - i);
    }
  }
}

/** loss = -sum_i t_i ln softmax(z)_i with 0 ln 0 = 0; also writes softmax(z). */
export function softmaxCrossEntropy(
  logits: usize, labels: usize, loss: usize, probabilities: usize, n: i32, first: i32, last: i32, scratch: usize,
): void {
  const zero = f32x4.splat(0);
  for (let r = first; r < last; r++) {
    const at = bytes(r) * n;
    const largest = stage(logits + at, scratch, n);
    const total = exponentials(scratch, largest, n);
    divide(scratch, probabilities + at, total, n);
    const shift = f32x4.splat(largest), log = math.log(f32x4.splat(<f32>total));
    let sum: f64 = 0;
    for (let i = 0; i < n; i += 4) {
      const t = loadPart(labels + at + bytes(i), n - i);
      const z = f32x4.sub(f32x4.sub(loadPart(logits + at + bytes(i), n - i), shift), log);
      sum += sumLanes(v128.andnot(f32x4.mul(t, z), f32x4.eq(t, zero)));
    }
    f32.store(loss + bytes(r), -(<f32>sum));
  }
}
