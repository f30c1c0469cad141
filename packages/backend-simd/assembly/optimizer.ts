// Steps of optimizers for the tensors of many parameters at once. A rule is a class with `step`, and its kernel one line.
//
// A kernel reads a table with one entry per parameter, of `words` 4-byte words: the number of elements, the first unit (a
// parameter has ceil(elements / BLOCK) of them), the addresses of gradient, parameter, slots, update and new slots, then
// floats of this parameter alone. `scalars` points to the floats that hold for all. src/kernels/optimizers.ts writes both.
import { bytes, multiplyAdd } from './simd';
import { loadPart, overlap, storePart } from './vector';

/** Elements of a unit. */
const BLOCK: i32 = 8192;

// @ts-ignore: decorator
@inline
function pointerAt(entry: usize, index: i32): usize {
  return i32.load(entry + bytes(2 + index));
}

// The float at an index of the scalars, or behind the addresses of an entry.
// @ts-ignore: decorator
@inline
function floatAt(floats: usize, index: i32): f32 {
  return f32.load(floats + bytes(index));
}

/** Runs Rule.step over the units [first, last). */
// @ts-ignore: decorator
@inline
function forEachParameter<Rule>(table: usize, words: i32, scalars: usize, first: i32, last: i32): void {
  let entry = table;
  for (let unit = first; unit < last; ) {
    while (unit >= i32.load(entry, 4) + (i32.load(entry) + BLOCK - 1) / BLOCK) entry += bytes(words);
    const size = i32.load(entry), start = i32.load(entry, 4);
    const stop = min(last, start + (size + BLOCK - 1) / BLOCK);
    changetype<Rule>(0).step(entry, scalars, (unit - start) * BLOCK, min(size, (stop - start) * BLOCK));
    unit = stop;
  }
}

/**
 * m' = beta1 m + (1 - beta1) g, v' = beta2 v + (1 - beta2) g^2,
 * update = -rate ((m' / c1) / (sqrt(v' / c2) + epsilon) + decay p), with the corrections c = 1 - beta^t.
 * Scalars: rate, beta1, 1 - beta1, beta2, 1 - beta2, epsilon, c1, c2. Of a parameter: decay.
 */
@unmanaged class AdamW {
  step(entry: usize, scalars: usize, first: i32, last: i32): void {
    const g = pointerAt(entry, 0), p = pointerAt(entry, 1), m = pointerAt(entry, 2), v = pointerAt(entry, 3);
    const update = pointerAt(entry, 4), newM = pointerAt(entry, 5), newV = pointerAt(entry, 6);
    const decay = floatAt(entry, 9);
    const rate = floatAt(scalars, 0), beta1 = floatAt(scalars, 1), rest1 = floatAt(scalars, 2);
    const beta2 = floatAt(scalars, 3), rest2 = floatAt(scalars, 4), epsilon = floatAt(scalars, 5);
    const c1 = floatAt(scalars, 6), c2 = floatAt(scalars, 7);
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
}

/**
 * d = g + decay p, m' = momentum m + d, u = m' or, with nesterov, d + momentum m'; update = -rate (u + apart p). A decoupled
 * weight decay comes as `apart`, one in the gradient as `decay`. Scalars: rate, momentum, nesterov (0 or 1). Of a parameter:
 * decay, apart.
 */
@unmanaged class Sgd {
  step(entry: usize, scalars: usize, first: i32, last: i32): void {
    const g = pointerAt(entry, 0), p = pointerAt(entry, 1), m = pointerAt(entry, 2);
    const update = pointerAt(entry, 3), newM = pointerAt(entry, 4);
    const decay = f32x4.splat(floatAt(entry, 7)), apart = f32x4.splat(floatAt(entry, 8));
    const minus = f32x4.splat(-floatAt(scalars, 0)), mu = f32x4.splat(floatAt(scalars, 1));
    const nesterov = floatAt(scalars, 2) != 0;
    const total = last - first;
    for (let i = first; i < last; i += 4) {
      const back = overlap(total, last - i);
      const width = back ? 4 : last - i;
      const at = bytes(i) - back;
      const parameter = loadPart(p + at, width);
      const direction = multiplyAdd(parameter, decay, loadPart(g + at, width));
      const moved = multiplyAdd(loadPart(m + at, width), mu, direction);
      const ahead = nesterov ? multiplyAdd(moved, mu, direction) : moved;
      storePart(update + at, f32x4.mul(multiplyAdd(parameter, apart, ahead), minus), width);
      storePart(newM + at, moved, width);
    }
  }
}

// Units: blocks of BLOCK elements of all parameters.
export function adamW(table: usize, words: i32, scalars: usize, first: i32, last: i32, scratch: usize): void { forEachParameter<AdamW>(table, words, scalars, first, last); }
export function sgd(table: usize, words: i32, scalars: usize, first: i32, last: i32, scratch: usize): void { forEachParameter<Sgd>(table, words, scalars, first, last); }
