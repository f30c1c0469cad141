// Steps of optimizers. Units: elements.
import { bytes, multiplyAdd } from './simd';
import { loadPart, overlap, storePart } from './vector';

/**
 * m' = beta1 m + (1 - beta1) g, v' = beta2 v + (1 - beta2) g^2,
 * update = -rate ((m' / c1) / (sqrt(v' / c2) + epsilon) + decay p), with the corrections c = 1 - beta^t
 */
export function adamW(
  g: usize, p: usize, m: usize, v: usize, update: usize, newM: usize, newV: usize,
  rate: f32, beta1: f32, rest1: f32, beta2: f32, rest2: f32, epsilon: f32, decay: f32, c1: f32, c2: f32,
  first: i32, last: i32, scratch: usize,
): void {
  const total = last - first;
  for (let i = first; i < last; i += 4) {
    const back = overlap(total, last - i);
    const width = back ? 4 : last - i;
    const at = bytes(i) - back;
    const gradient = loadPart(g + at, width);
    const mean = multiplyAdd(loadPart(m + at, width), f32x4.splat(beta1), f32x4.mul(gradient, f32x4.splat(rest1)));
    const square = multiplyAdd(
      loadPart(v + at, width), f32x4.splat(beta2), f32x4.mul(f32x4.mul(gradient, gradient), f32x4.splat(rest2)),
    );
    const root = f32x4.add(f32x4.sqrt(f32x4.div(square, f32x4.splat(c2))), f32x4.splat(epsilon));
    const direction = f32x4.div(f32x4.div(mean, f32x4.splat(c1)), root);
    const whole = multiplyAdd(loadPart(p + at, width), f32x4.splat(decay), direction);
    storePart(update + at, f32x4.mul(whole, f32x4.splat(-rate)), width);
    storePart(newM + at, mean, width);
    storePart(newV + at, square, width);
  }
}

/**
 * d = g + decay p, m' = momentum m + d, u = m' or, with nesterov, d + momentum m'; update = -rate (u + apart p). Weight decay
 * beside the gradient comes as `apart`, as a part of it as `decay`.
 */
export function sgd(
  g: usize, p: usize, m: usize, update: usize, newM: usize, rate: f32, momentum: f32, nesterov: i32, decay: f32, apart: f32,
  first: i32, last: i32, scratch: usize,
): void {
  const total = last - first;
  const mu = f32x4.splat(momentum), minus = f32x4.splat(-rate), within = f32x4.splat(decay), beside = f32x4.splat(apart);
  for (let i = first; i < last; i += 4) {
    const back = overlap(total, last - i);
    const width = back ? 4 : last - i;
    const at = bytes(i) - back;
    const parameter = loadPart(p + at, width);
    const direction = multiplyAdd(parameter, within, loadPart(g + at, width));
    const moved = multiplyAdd(loadPart(m + at, width), mu, direction);
    const ahead = nesterov ? multiplyAdd(moved, mu, direction) : moved;
    storePart(update + at, f32x4.mul(multiplyAdd(parameter, beside, ahead), minus), width);
    storePart(newM + at, moved, width);
  }
}

/** Elements of a unit of the kernels that take a list of parameters. */
const BLOCK: i32 = 8192;

// Such a kernel reads a table with one entry of `words` 4-byte words per parameter; they begin with its number of elements and
// its first unit, for every parameter has ceil(elements / BLOCK) units of its own. The entry that unit `unit` is in:
// @ts-ignore: decorator
@inline
function entryOf(table: usize, words: i32, unit: i32): usize {
  let entry = table;
  while (unit >= i32.load(entry, 4) + (i32.load(entry) + BLOCK - 1) / BLOCK) entry += bytes(words);
  return entry;
}

/** {@link adamW} for a list: elements, first unit, g, p, m, v, update, newM, newV, decay (float) per entry. Units: of BLOCK elements. */
export function adamWList(
  table: usize, rate: f32, beta1: f32, rest1: f32, beta2: f32, rest2: f32, epsilon: f32, c1: f32, c2: f32,
  first: i32, last: i32, scratch: usize,
): void {
  for (let unit = first; unit < last; ) {
    const entry = entryOf(table, 10, unit);
    const size = i32.load(entry), start = i32.load(entry, 4);
    const stop = min(last, start + (size + BLOCK - 1) / BLOCK);
    adamW(
      i32.load(entry, 8), i32.load(entry, 12), i32.load(entry, 16), i32.load(entry, 20), i32.load(entry, 24),
      i32.load(entry, 28), i32.load(entry, 32), rate, beta1, rest1, beta2, rest2, epsilon, f32.load(entry, 36), c1, c2,
      (unit - start) * BLOCK, min(size, (stop - start) * BLOCK), scratch,
    );
    unit = stop;
  }
}

/** {@link sgd} for a list: elements, first unit, g, p, m, update, newM, decay, apart (floats) per entry. Units: of BLOCK elements. */
export function sgdList(
  table: usize, rate: f32, momentum: f32, nesterov: i32, first: i32, last: i32, scratch: usize,
): void {
  for (let unit = first; unit < last; ) {
    const entry = entryOf(table, 9, unit);
    const size = i32.load(entry), start = i32.load(entry, 4);
    const stop = min(last, start + (size + BLOCK - 1) / BLOCK);
    sgd(
      i32.load(entry, 8), i32.load(entry, 12), i32.load(entry, 16), i32.load(entry, 20), i32.load(entry, 24),
      rate, momentum, nesterov, f32.load(entry, 28), f32.load(entry, 32),
      (unit - start) * BLOCK, min(size, (stop - start) * BLOCK), scratch,
    );
    unit = stop;
  }
}

/** out = a x + b y; y may be left out (0). */
export function combine(
  x: usize, y: usize, out: usize, a: f32, b: f32, first: i32, last: i32, scratch: usize,
): void {
  const total = last - first;
  for (let i = first; i < last; i += 4) {
    const back = overlap(total, last - i);
    const width = back ? 4 : last - i;
    const at = bytes(i) - back;
    const scaled = f32x4.mul(loadPart(x + at, width), f32x4.splat(a));
    storePart(out + at, y ? multiplyAdd(loadPart(y + at, width), f32x4.splat(b), scaled) : scaled, width);
  }
}
