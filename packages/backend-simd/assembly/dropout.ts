// Dropout with a mask that depends only on a key and the index, as defined by `fillCounterUniform` of @tenfold/random.
import { bytes } from './simd';
import { loadPart, overlap, storePart } from './vector';

/** out[i] = 0 where the upper 24 bits of the i-th word are below `threshold`, else x[i] times `kept`. Items: elements. */
export function dropout(
  x: usize, out: usize, firstKey: i32, secondKey: i32, threshold: i32, kept: f32, first: i32, last: i32, scratch: usize,
): void {
  const total = last - first;
  const a = i32x4.splat(firstKey), b = i32x4.splat(secondKey);
  const below = i32x4.splat(threshold), factor = f32x4.splat(kept);
  for (let i = first; i < last; i += 4) {
    const back = overlap(total, last - i);
    const width = back ? 4 : last - i;
    const at = bytes(i) - back;
    const index = i32x4.add(i32x4.splat(<i32>(at >> 2)), i32x4(0, 1, 2, 3));
    const word = finalize(i32x4.add(finalize(v128.xor(index, a)), b));
    const dropped = i32x4.lt_s(i32x4.shr_u(word, 8), below);
    storePart(out + at, v128.andnot(f32x4.mul(loadPart(x + at, width), factor), dropped), width);
  }
}

// MurmurHash3's finalizer on four words.
// @ts-ignore: decorator
@inline
function finalize(h: v128): v128 {
  h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 16)), i32x4.splat(0x85ebca6b));
  h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 13)), i32x4.splat(0xc2b2ae35));
  return v128.xor(h, i32x4.shr_u(h, 16));
}
