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
