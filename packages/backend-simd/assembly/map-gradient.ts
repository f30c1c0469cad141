import { bytes } from './simd';
import { loadPart, overlap, storePart } from './vector';

/** Adapts the gradient of an activation function without parameters to {@link mapGradient}. */
@unmanaged export class ActivationGradient<Op> {
  @inline gradient(dy: v128, saved: v128, p: v128, q: v128): v128 { return changetype<Op>(0).gradient(dy, saved); }
}

/** dx[i] = Op.gradient(dy[i], saved[i], p, q) for the elements [first, last); `saved` is x or y. */
// @ts-ignore: decorator
@inline
export function mapGradient<Op>(dy: usize, saved: usize, dx: usize, p: f32, q: f32, first: i32, last: i32): void {
  const op = changetype<Op>(0);
  const vectorP = f32x4.splat(p);
  const vectorQ = f32x4.splat(q);
  dy += bytes(first);
  saved += bytes(first);
  dx += bytes(first);
  const total = last - first;
  let n = total;
  while (n > 0) {
    const back = overlap(total, n);
    const width = back ? 4 : n;
    const gradient = op.gradient(loadPart(dy - back, width), loadPart(saved - back, width), vectorP, vectorQ);
    storePart(dx - back, gradient, width);
    n -= 4;
    dy += 16;
    saved += 16;
    dx += 16;
  }
}
