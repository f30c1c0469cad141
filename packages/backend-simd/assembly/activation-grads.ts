// Gradients of activations: dx = f(dy, y or x), all of one shape. Units: elements.
import { Gelu, GeluTanh, Relu, Silu } from './activations';
import * as math from './math';
import { bytes } from './simd';
import { loadPart, overlap, storePart } from './vector';

// y >= 0 ? dy : dy (y + 1)
@unmanaged class EluGrad {
  @inline gradient(dy: v128, y: v128): v128 {
    const below = f32x4.mul(dy, f32x4.add(y, f32x4.splat(1)));
    return math.choose(f32x4.ge(y, f32x4.splat(0)), dy, below);
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
    storePart(dx - back, op.gradient(loadPart(dy - back, width), loadPart(x - back, width)), width);
    n -= 4;
    dy += 16;
    x += 16;
    dx += 16;
  }
}

export function reluGrad(dy: usize, x: usize, dx: usize, first: i32, last: i32, scratch: usize): void { pairs<Relu>(dy, x, dx, first, last); }
export function eluGrad(dy: usize, x: usize, dx: usize, first: i32, last: i32, scratch: usize): void { pairs<EluGrad>(dy, x, dx, first, last); }
export function geluGrad(dy: usize, x: usize, dx: usize, first: i32, last: i32, scratch: usize): void { pairs<Gelu>(dy, x, dx, first, last); }
export function geluTanhGrad(dy: usize, x: usize, dx: usize, first: i32, last: i32, scratch: usize): void { pairs<GeluTanh>(dy, x, dx, first, last); }
export function siluGrad(dy: usize, x: usize, dx: usize, first: i32, last: i32, scratch: usize): void { pairs<Silu>(dy, x, dx, first, last); }
