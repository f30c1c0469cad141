// Helpers that every kernel file may import. They are inlined; nothing here becomes an export of the module.

/** a * b + c: one instruction where the variant has relaxed SIMD, two where not. */
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
