// The roof of every product: multiply-adds on registers alone, as many chains as the tiles have.
import { multiplyAdd } from './simd';

/** 64 floating-point operations per round; the sums go to scratch so that the work is not dropped. Units: rounds. */
export function multiplyAddPeak(first: i32, last: i32, scratch: usize): void {
  let a = f32x4.splat(1), b = a, c = a, d = a, e = a, f = a, g = a, h = a;
  const x = f32x4.splat(0.999), y = f32x4.splat(0.001);
  for (let round = first; round < last; round++) {
    a = multiplyAdd(a, x, y);
    b = multiplyAdd(b, x, y);
    c = multiplyAdd(c, x, y);
    d = multiplyAdd(d, x, y);
    e = multiplyAdd(e, x, y);
    f = multiplyAdd(f, x, y);
    g = multiplyAdd(g, x, y);
    h = multiplyAdd(h, x, y);
  }
  const sum = f32x4.add(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)), f32x4.add(f32x4.add(e, f), f32x4.add(g, h)));
  v128.store(scratch, sum);
}
