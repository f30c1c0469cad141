// Helpers for all kernel files. They are inlined and are not exports of the module.

/** a * b + c: one instruction with relaxed SIMD, otherwise two. */
// @ts-ignore: decorator
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** The bytes of n 4-byte elements. */
// @ts-ignore: decorator
@inline
export function bytes(n: i32): usize {
  return (<usize>n) << 2;
}
