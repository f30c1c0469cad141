import { bytes } from './simd';
import { copyFloats } from './vector';

/** Adapts an activation function, which has no parameters, to {@link map}. */
@unmanaged export class Activation<Op> {
  @inline apply(x: v128, p: v128, q: v128): v128 { return changetype<Op>(0).value(x); }
}

/** out[i] = Op.apply(x[i], p, q) for the elements [first, last). */
// @ts-ignore: decorator
@inline
export function map<Op>(x: usize, out: usize, p: f32, q: f32, first: i32, last: i32, scratch: usize): void {
  const op = changetype<Op>(0);
  const vectorP = f32x4.splat(p);
  const vectorQ = f32x4.splat(q);
  const total = last - first;
  x += bytes(first);
  out += bytes(first);
  let from = x, to = out;
  // Fewer than two vectors are computed in the scratch buffer, so that the operation is compiled only once.
  if (total < 8) {
    copyFloats(scratch, x, total);
    from = scratch;
    to = scratch + 32;
  }
  for (let n = total; n > 0; n -= 8) {
    // The last two vectors end at the end of the array, so some results are computed twice.
    if (n < 8 && total >= 8) {
      from -= bytes(8 - n);
      to -= bytes(8 - n);
    }
    const low = op.apply(v128.load(from), vectorP, vectorQ);
    const high = op.apply(v128.load(from, 16), vectorP, vectorQ);
    v128.store(to, low);
    v128.store(to, high, 16);
    from += 32;
    to += 32;
  }
  if (total < 8) copyFloats(out, scratch + 32, total);
}
