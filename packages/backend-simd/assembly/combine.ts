import { bytes, multiplyAdd } from './simd';
import { loadPart, overlap, storePart } from './vector';

/** out = a x + b y; y is optional (0). Items: elements. */
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
