// Gradients of activations: dx = f(dy, y or x), all of one shape. Units: elements.
import * as math from './math';
import { bytes } from './simd';
import { loadPart, overlap, storePart } from './vector';

// 0 where y <= 0, else dy; so dy also where y is NaN
@unmanaged class ReluGrad {
  @inline apply(dy: v128, y: v128): v128 { return v128.andnot(dy, f32x4.le(y, f32x4.splat(0))); }
}
// y >= 0 ? dy : dy (y + 1)
@unmanaged class EluGrad {
  @inline apply(dy: v128, y: v128): v128 {
    const below = f32x4.mul(dy, f32x4.add(y, f32x4.splat(1)));
    return math.choose(f32x4.ge(y, f32x4.splat(0)), dy, below);
  }
}
// dy (Phi(x) + x phi(x))
@unmanaged class GeluGrad {
  @inline apply(dy: v128, x: v128): v128 {
    const bell = math.bell(x);
    const density = f32x4.mul(bell, f32x4.splat(0.3989422804014327));
    return f32x4.mul(dy, f32x4.add(math.normalCdf(x, bell), f32x4.mul(x, density)));
  }
}
// With z = x (a + b x^2), s = sigmoid(z): dy (s + x s (1 - s) (a + 3 b x^2)). With e = exp(-|z|) and r = 1 / (1 + e),
// s is r or e r and s (1 - s) = e r^2, without cancellation.
@unmanaged class GeluTanhGrad {
  @inline apply(dy: v128, x: v128): v128 {
    const one = f32x4.splat(1);
    const b = f32x4.mul(f32x4.mul(x, x), f32x4.splat(0.0713548162726));
    const z = f32x4.mul(x, f32x4.add(b, f32x4.splat(1.59576912161)));
    const e = math.expNegative(f32x4.neg(f32x4.abs(z)));
    const r = f32x4.div(one, f32x4.add(e, one));
    const s = math.choose(f32x4.gt(z, f32x4.splat(0)), r, f32x4.mul(e, r));
    const slope = f32x4.add(f32x4.mul(b, f32x4.splat(3)), f32x4.splat(1.59576912161));
    const steep = f32x4.mul(f32x4.mul(x, slope), f32x4.mul(e, f32x4.mul(r, r)));
    // Far out the slope overflows while e is 0.
    return f32x4.mul(dy, f32x4.add(s, v128.andnot(steep, f32x4.eq(e, f32x4.splat(0)))));
  }
}
// dy s (1 + x (1 - s)), s = sigmoid(x)
@unmanaged class SiluGrad {
  @inline apply(dy: v128, x: v128): v128 {
    const s = math.sigmoid(x);
    const slope = f32x4.add(f32x4.mul(x, f32x4.sub(f32x4.splat(1), s)), f32x4.splat(1));
    return f32x4.mul(dy, f32x4.mul(s, slope));
  }
}

// @ts-ignore: decorator
@inline
function pairs<Op>(dy: usize, x: usize, dx: usize, first: i32, last: i32): void {
  const op = changetype<Op>(0);
  dy += bytes(first);
  x += bytes(first);
  dx += bytes(first);
  const total = last - first;
  let n = total;
  while (n > 0) {
    const back = overlap(total, n);
    const width = back ? 4 : n;
    storePart(dx - back, op.apply(loadPart(dy - back, width), loadPart(x - back, width)), width);
    n -= 4;
    dy += 16;
    x += 16;
    dx += 16;
  }
}

export function reluGrad(dy: usize, x: usize, dx: usize, first: i32, last: i32, scratch: usize): void { pairs<ReluGrad>(dy, x, dx, first, last); }
export function eluGrad(dy: usize, x: usize, dx: usize, first: i32, last: i32, scratch: usize): void { pairs<EluGrad>(dy, x, dx, first, last); }
export function geluGrad(dy: usize, x: usize, dx: usize, first: i32, last: i32, scratch: usize): void { pairs<GeluGrad>(dy, x, dx, first, last); }
export function geluTanhGrad(dy: usize, x: usize, dx: usize, first: i32, last: i32, scratch: usize): void { pairs<GeluTanhGrad>(dy, x, dx, first, last); }
export function siluGrad(dy: usize, x: usize, dx: usize, first: i32, last: i32, scratch: usize): void { pairs<SiluGrad>(dy, x, dx, first, last); }
