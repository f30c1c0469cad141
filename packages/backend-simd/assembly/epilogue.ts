// The epilogue of a product: bias and activation.
import { bytes } from './simd';

/** The activations of the epilogue; src/epilogue.ts uses the same numbers. */
export const RELU: i32 = 1;
export const RELU6: i32 = 2;
export const LEAKY_RELU: i32 = 3;

// @ts-ignore: decorator
@inline
function activate(x: v128, activation: i32, alpha: v128): v128 {
  const zero = f32x4.splat(0);
  // pmax and pmin preserve a NaN in x, and are one instruction each, where max and min are seven.
  if (activation == RELU) return f32x4.pmax(x, zero);
  if (activation == RELU6) return f32x4.pmin(f32x4.pmax(x, zero), f32x4.splat(6));
  if (activation == LEAKY_RELU) return v128.bitselect(f32x4.mul(x, alpha), x, f32x4.lt(x, zero));
  return x;
}

/** Copies n floats, adding `bias` (unless 0) and applying the activation. */
export function storeRow(source: usize, out: usize, n: i32, bias: usize, activation: i32, alpha: f32): void {
  const slope = f32x4.splat(alpha);
  const whole = n & ~3;
  let i = 0;
  if (bias == 0 && activation == 0) {
    for (; i < whole; i += 4) v128.store(out + bytes(i), v128.load(source + bytes(i)));
  } else if (bias == 0) {
    for (; i < whole; i += 4) v128.store(out + bytes(i), activate(v128.load(source + bytes(i)), activation, slope));
  } else {
    for (; i < whole; i += 4) {
      const sum = f32x4.add(v128.load(source + bytes(i)), v128.load(bias + bytes(i)));
      v128.store(out + bytes(i), activate(sum, activation, slope));
    }
  }
  for (; i < n; i++) {
    let x = f32.load(source + bytes(i));
    if (bias != 0) x += f32.load(bias + bytes(i));
    f32.store(out + bytes(i), f32x4.extract_lane(activate(f32x4.splat(x), activation, slope), 0));
  }
}
