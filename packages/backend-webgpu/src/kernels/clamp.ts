/**
 * WGSL of `fn clampNumber(x: T, low: f32, high: f32) -> T`. A clamp may make a number of NaN, and compilers make a clamp of the
 * comparisons that say the same, so NaN is recognized by its bits.
 */
export const CLAMP_NUMBER = `
fn clampNumber(x: T, low: f32, high: f32) -> T {
  let isNaN = (bitcast<U>(x) & U(0x7fffffff)) > U(0x7f800000u);
  return select(clamp(x, T(low), T(high)), x, isNaN);
}`;
