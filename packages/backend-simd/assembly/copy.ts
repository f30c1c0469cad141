import { bytes } from './simd';

/** Fills 4-byte elements with the bits of `value`. Items: elements. */
export function fill(out: usize, value: f32, first: i32, last: i32, scratch: usize): void {
  let pointer = out + bytes(first);
  const end = out + bytes(last);
  const vector = f32x4.splat(value);
  for (; pointer + 16 <= end; pointer += 16) v128.store(pointer, vector);
  for (; pointer < end; pointer += 4) f32.store(pointer, value);
}
