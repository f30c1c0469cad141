// Common parts of the kernels of batch normalization. x is [rows, channels]; they process `width` channels starting at `x`, with
// rows `pitch` floats apart.
import { bytes } from './simd';
import { loadPart, storePart } from './vector';

// The gradient of a function that normally uses its value, computed from its argument.
@unmanaged export class FromArgument<Op> {
  @inline gradient(dy: v128, x: v128): v128 {
    const op = changetype<Op>(0);
    if (isDefined(op.gradientAtArgument)) return op.gradientAtArgument(dy, x);
    return op.gradient(dy, op.value(x));
  }
}
@unmanaged export class Identity {
  @inline value(x: v128): v128 { return x; }
  @inline gradient(dy: v128, x: v128): v128 { return dy; }
}

// @ts-ignore: decorator
@inline
export function doubles(n: i32): usize {
  return (<usize>n) << 3;
}

// Sums in double precision, in the scratch buffer, padded to whole vectors.
// @ts-ignore: decorator
@inline
export function padded(width: i32): i32 {
  return (width + 3) & ~3;
}

export function writeSums(scratch: usize, sums: usize, width: i32): void {
  memory.copy(sums, scratch, doubles(width));
  memory.copy(sums + doubles(width), scratch + doubles(padded(width)), doubles(width));
}

// y = (x - mean) scale + shift per channel, as every kernel computes it.
export function writeAffine(scale: usize, shift: usize, variance: usize, gamma: usize, beta: usize, width: i32, epsilon: f32): void {
  for (let c = 0; c < width; c++) {
    const rstd = <f32>(1 / Math.sqrt(<f64>f32.load(variance + bytes(c)) + <f64>epsilon));
    f32.store(scale + bytes(c), gamma ? rstd * f32.load(gamma + bytes(c)) : rstd);
    f32.store(shift + bytes(c), beta ? f32.load(beta + bytes(c)) : 0);
  }
}

/** y = f((x - mean) scale + shift) for `rows` rows, with f = Op.value. */
export function applyRows<Op>(
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
export function affine(x: usize, mean: usize, scale: usize, shift: usize, at: usize, n: i32): v128 {
  const d = f32x4.sub(loadPart(x + at, n), loadPart(mean + at, n));
  return f32x4.add(f32x4.mul(d, v128.load(scale + at)), v128.load(shift + at));
}

/** g = Op.gradient(dy, z) for `rows` rows, with z = (x - mean) scale + shift recomputed. */
export function gradientRows<Op>(
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
