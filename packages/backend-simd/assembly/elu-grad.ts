import { mapGradient } from './map-gradient';
import * as math from './math';

// y >= 0 ? dy : dy (y + 1)
@unmanaged class EluGrad {
  @inline gradient(dy: v128, y: v128, p: v128, q: v128): v128 {
    const below = f32x4.mul(dy, f32x4.add(y, f32x4.splat(1)));
    return math.choose(f32x4.ge(y, f32x4.splat(0)), dy, below);
  }
}

/** The gradient of ELU from its value, tfjs's EluGrad. Items: elements. */
export function eluGrad(dy: usize, y: usize, dx: usize, p: f32, q: f32, first: i32, last: i32, scratch: usize): void { mapGradient<EluGrad>(dy, y, dx, p, q, first, last); }
