import { bytes } from './simd';
import { loadPart, overlap, storePart } from './vector';

/** dx[i] = Op.gradient(dy[i], saved[i]) for the elements [first, last); `saved` is x or y. */
// @ts-ignore: decorator
@inline
export function mapGradient<Op>(dy: usize, saved: usize, dx: usize, first: i32, last: i32): void {
  const op = changetype<Op>(0);
  dy += bytes(first);
  saved += bytes(first);
  dx += bytes(first);
  const total = last - first;
  let n = total;
  while (n > 0) {
    const back = overlap(total, n);
    const width = back ? 4 : n;
    storePart(dx - back, op.gradient(loadPart(dy - back, width), loadPart(saved - back, width)), width);
    n -= 4;
    dy += 16;
    saved += 16;
    dx += 16;
  }
}
