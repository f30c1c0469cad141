// Activation functions of four floats, for elementwise and fused kernels. Each is a class with `value(x)` and `gradient(dy, x)`, or
// `gradient(dy, y)` if the gradient follows from the value. The class of `geluTanh` is GeluTanh. scripts/build-wasm.mjs reads the
// classes and generates their kernels.
import * as math from './math';
import { multiplyAdd } from './simd';

@unmanaged export class Relu {
  // Adding 0 makes +0 of -0.
  @inline value(x: v128): v128 { return f32x4.add(math.atLeast(x, f32x4.splat(0)), f32x4.splat(0)); }
  // 0 where y <= 0, else dy, also where y is NaN. x has the same sign.
  @inline gradient(dy: v128, y: v128): v128 { return v128.andnot(dy, f32x4.le(y, f32x4.splat(0))); }
  @inline gradientAtArgument(dy: v128, x: v128): v128 { return this.gradient(dy, x); }
}
@unmanaged export class Silu {
  @inline value(x: v128): v128 { return f32x4.mul(x, math.sigmoid(x)); }
  // dy s (1 + x (1 - s)), s = sigmoid(x)
  @inline gradient(dy: v128, x: v128): v128 {
    const s = math.sigmoid(x);
    const slope = f32x4.add(f32x4.mul(x, f32x4.sub(f32x4.splat(1), s)), f32x4.splat(1));
    return f32x4.mul(dy, f32x4.mul(s, slope));
  }
}
// x Phi(x)
@unmanaged export class Gelu {
  @inline value(x: v128): v128 { return f32x4.mul(x, math.normalCdf(x, math.bell(x))); }
  // dy (Phi(x) + x phi(x))
  @inline gradient(dy: v128, x: v128): v128 {
    const bell = math.bell(x);
    const density = f32x4.mul(bell, f32x4.splat(0.3989422804014327));
    return f32x4.mul(dy, f32x4.add(math.normalCdf(x, bell), f32x4.mul(x, density)));
  }
}
@unmanaged export class GeluTanh {
  // x sigmoid(2 u), u = sqrt(2 / pi) (x + 0.044715 x^3): the same as x (1 + tanh(u)) / 2 without cancellation
  @inline value(x: v128): v128 {
    const cubic = multiplyAdd(f32x4.mul(x, x), f32x4.splat(0.0713548162726), f32x4.splat(1.59576912161));
    return f32x4.mul(x, math.sigmoid(f32x4.mul(x, cubic)));
  }
  // With z = x (a + b x^2), s = sigmoid(z): dy (s + x s (1 - s) (a + 3 b x^2)). With e = exp(-|z|) and r = 1 / (1 + e),
  // s is r or e r and s (1 - s) = e r^2, without cancellation.
  @inline gradient(dy: v128, x: v128): v128 {
    const one = f32x4.splat(1);
    const b = f32x4.mul(f32x4.mul(x, x), f32x4.splat(0.0713548162726));
    const z = f32x4.mul(x, f32x4.add(b, f32x4.splat(1.59576912161)));
    const e = math.expNegative(f32x4.neg(f32x4.abs(z)));
    const r = f32x4.div(one, f32x4.add(e, one));
    const s = math.choose(f32x4.gt(z, f32x4.splat(0)), r, f32x4.mul(e, r));
    const slope = f32x4.add(f32x4.mul(b, f32x4.splat(3)), f32x4.splat(1.59576912161));
    const steep = f32x4.mul(f32x4.mul(x, slope), f32x4.mul(e, f32x4.mul(r, r)));
    // For large |x|, the slope overflows while e is 0.
    return f32x4.mul(dy, f32x4.add(s, v128.andnot(steep, f32x4.eq(e, f32x4.splat(0)))));
  }
}
// x tanh(s), s = log(1 + e^x). With e = exp(-|x|), c = 1 and k = e^2, or c = e and k = 1 for x < 0: tanh(s) = n / (n + 2 k),
// n = c^2 + 2 e, and n + k = (1 + e)^2; nothing cancels.
@unmanaged export class Mish {
  @inline value(x: v128): v128 {
    const e = math.expNegative(f32x4.neg(f32x4.abs(x)));
    const n = this.numerator(this.share(x, e), e), k = this.tail(x, e);
    return f32x4.mul(x, f32x4.div(n, multiplyAdd(f32x4.splat(2), k, n)));
  }
  // dy (tanh(s) + 4 x k (1 + e) c / (n + 2 k)^2)
  @inline gradient(dy: v128, x: v128): v128 {
    const one = f32x4.splat(1);
    const e = math.expNegative(f32x4.neg(f32x4.abs(x)));
    const c = this.share(x, e), n = this.numerator(c, e), k = this.tail(x, e);
    const r = f32x4.div(one, multiplyAdd(f32x4.splat(2), k, n));
    const scale = f32x4.mul(f32x4.mul(k, c), f32x4.mul(f32x4.add(one, e), f32x4.mul(r, r)));
    const bend = f32x4.mul(f32x4.mul(f32x4.splat(4), x), scale);
    // For large |x|, e is 0 and x may be infinite.
    return f32x4.mul(dy, multiplyAdd(n, r, v128.andnot(bend, f32x4.eq(e, f32x4.splat(0)))));
  }
  @inline share(x: v128, e: v128): v128 { return math.choose(f32x4.lt(x, f32x4.splat(0)), e, f32x4.splat(1)); }
  @inline tail(x: v128, e: v128): v128 { return math.choose(f32x4.lt(x, f32x4.splat(0)), f32x4.splat(1), f32x4.mul(e, e)); }
  @inline numerator(c: v128, e: v128): v128 { return multiplyAdd(c, c, f32x4.add(e, e)); }
}
