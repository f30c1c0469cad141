// Activation functions of four floats that only elementwise kernels compute: fused into other kernels, each would cost its code
// again in every one of them. `p` and `q` are the parameters of the function, such as the slope of leakyRelu; see activations.ts.
// A gradient is 0 where the function is constant, whatever dy is. Where x is NaN, comparisons are false.
// In the gradients of selu, elu and celu an exponential below e^-87.3 (1.2e-38) is 0, also where a large alpha or dy would make a
// normal number of its product.
import * as math from './math';
import { multiplyAdd } from './simd';

// @ts-ignore: decorator
@inline
function all(x: f32): v128 {
  return f32x4.splat(x);
}

// min(max(x, low), high), NaN for NaN
// @ts-ignore: decorator
@inline
function clip(x: v128, low: v128, high: v128): v128 {
  return math.atMost(math.atLeast(x, low), high);
}

// Whether low < x < high.
// @ts-ignore: decorator
@inline
function within(x: v128, low: v128, high: v128): v128 {
  return v128.and(f32x4.gt(x, low), f32x4.lt(x, high));
}

@unmanaged export class Sigmoid {
  @inline apply(x: v128, p: v128, q: v128): v128 { return math.sigmoid(x); }
  @inline gradient(dy: v128, y: v128, p: v128, q: v128): v128 { return f32x4.mul(dy, f32x4.mul(y, f32x4.sub(all(1), y))); }
}
// (1 - y) (1 + y) does not cancel as 1 - y^2 does.
@unmanaged export class Tanh {
  @inline apply(x: v128, p: v128, q: v128): v128 { return math.tanh(x); }
  @inline gradient(dy: v128, y: v128, p: v128, q: v128): v128 { return f32x4.mul(dy, f32x4.mul(f32x4.sub(all(1), y), f32x4.add(all(1), y))); }
}
@unmanaged export class Exponential {
  @inline apply(x: v128, p: v128, q: v128): v128 { return math.exp(x); }
  @inline gradient(dy: v128, y: v128, p: v128, q: v128): v128 { return f32x4.mul(dy, y); }
}
@unmanaged export class Relu6 {
  // Adding 0 makes +0 of -0.
  @inline apply(x: v128, p: v128, q: v128): v128 { return f32x4.add(clip(x, all(0), all(6)), all(0)); }
  @inline gradient(dy: v128, x: v128, p: v128, q: v128): v128 { return v128.and(dy, within(x, all(0), all(6))); }
}
@unmanaged export class HardTanh {
  @inline apply(x: v128, p: v128, q: v128): v128 { return clip(x, p, q); }
  @inline gradient(dy: v128, x: v128, p: v128, q: v128): v128 { return v128.and(dy, within(x, p, q)); }
}
@unmanaged export class HardSigmoid {
  @inline apply(x: v128, p: v128, q: v128): v128 { return f32x4.div(clip(f32x4.add(x, all(3)), all(0), all(6)), all(6)); }
  @inline gradient(dy: v128, x: v128, p: v128, q: v128): v128 {
    return v128.and(f32x4.mul(dy, all(0.16666667)), within(x, all(-3), all(3)));
  }
}
@unmanaged export class HardSilu {
  @inline apply(x: v128, p: v128, q: v128): v128 {
    const parabola = f32x4.mul(x, f32x4.div(f32x4.add(x, all(3)), all(6)));
    return v128.andnot(math.choose(f32x4.lt(x, all(3)), parabola, x), f32x4.lt(x, all(-3)));
  }
  @inline gradient(dy: v128, x: v128, p: v128, q: v128): v128 {
    const line = f32x4.div(multiplyAdd(x, all(2), all(3)), all(6));
    const slope = math.choose(f32x4.lt(x, all(3)), line, all(1));
    return v128.and(f32x4.mul(dy, slope), f32x4.ge(x, all(-3)));
  }
}
@unmanaged export class HardMish {
  @inline apply(x: v128, p: v128, q: v128): v128 {
    const share = f32x4.mul(clip(f32x4.add(x, all(2)), all(0), all(2)), all(0.5));
    return v128.andnot(f32x4.mul(x, share), f32x4.lt(x, all(-2)));
  }
  @inline gradient(dy: v128, x: v128, p: v128, q: v128): v128 {
    const slope = math.choose(f32x4.le(x, all(0)), f32x4.add(x, all(1)), all(1));
    return v128.and(f32x4.mul(dy, slope), f32x4.ge(x, all(-2)));
  }
}
@unmanaged export class SquaredRelu {
  @inline apply(x: v128, p: v128, q: v128): v128 {
    const positive = math.atLeast(x, all(0));
    return f32x4.mul(positive, positive);
  }
  @inline gradient(dy: v128, x: v128, p: v128, q: v128): v128 {
    return v128.and(f32x4.mul(dy, f32x4.add(x, x)), f32x4.gt(x, all(0)));
  }
}
// min(x, 0) - ln(1 + exp(-|x|))
@unmanaged export class LogSigmoid {
  @inline apply(x: v128, p: v128, q: v128): v128 {
    return f32x4.sub(math.atMost(x, all(0)), math.log1p(math.exp(f32x4.neg(f32x4.abs(x)))));
  }
  @inline gradient(dy: v128, x: v128, p: v128, q: v128): v128 { return f32x4.mul(dy, math.sigmoid(f32x4.neg(x))); }
}
// max(x, 0) + ln(1 + exp(-|p x|)) / p, which does not overflow
@unmanaged export class Softplus {
  @inline apply(x: v128, p: v128, q: v128): v128 {
    const tail = math.log1p(math.exp(f32x4.neg(f32x4.abs(f32x4.mul(x, p)))));
    return f32x4.add(math.atLeast(x, all(0)), f32x4.div(tail, p));
  }
  @inline gradient(dy: v128, x: v128, p: v128, q: v128): v128 { return f32x4.mul(dy, math.sigmoid(f32x4.mul(x, p))); }
}
@unmanaged export class QuickGelu {
  @inline apply(x: v128, p: v128, q: v128): v128 { return f32x4.mul(x, math.sigmoid(f32x4.mul(x, all(1.702)))); }
  // dy s (1 + z (1 - s)), z = 1.702 x, s = sigmoid(z)
  @inline gradient(dy: v128, x: v128, p: v128, q: v128): v128 {
    const z = clip(f32x4.mul(x, all(1.702)), all(-100), all(100));
    const s = math.sigmoid(z);
    return f32x4.mul(dy, f32x4.mul(s, multiplyAdd(z, f32x4.sub(all(1), s), all(1))));
  }
}
@unmanaged export class Softsign {
  @inline apply(x: v128, p: v128, q: v128): v128 { return f32x4.div(x, f32x4.add(f32x4.abs(x), all(1))); }
  @inline gradient(dy: v128, x: v128, p: v128, q: v128): v128 {
    const share = f32x4.div(all(1), f32x4.add(f32x4.abs(x), all(1)));
    return f32x4.mul(dy, f32x4.mul(share, share));
  }
}
@unmanaged export class Selu {
  @inline apply(x: v128, p: v128, q: v128): v128 {
    const below = f32x4.mul(math.expm1(math.atMost(x, all(0))), all(1.7580993408473768));
    return math.choose(f32x4.gt(x, all(0)), f32x4.mul(x, all(1.0507009873554805)), below);
  }
  @inline gradient(dy: v128, x: v128, p: v128, q: v128): v128 {
    const below = f32x4.mul(math.expNegative(math.atMost(x, all(0))), all(1.7580993408473768));
    return f32x4.mul(dy, math.choose(f32x4.gt(x, all(0)), all(1.0507009873554805), below));
  }
}
@unmanaged export class Elu {
  @inline apply(x: v128, p: v128, q: v128): v128 {
    return math.choose(f32x4.gt(x, all(0)), x, f32x4.mul(math.expm1(math.atMost(x, all(0))), p));
  }
  @inline gradient(dy: v128, x: v128, p: v128, q: v128): v128 {
    const below = f32x4.mul(dy, f32x4.mul(math.expNegative(math.atMost(x, all(0))), p));
    return math.choose(f32x4.gt(x, all(0)), dy, below);
  }
}
@unmanaged export class Celu {
  @inline apply(x: v128, p: v128, q: v128): v128 {
    return math.choose(f32x4.gt(x, all(0)), x, f32x4.mul(math.expm1(f32x4.div(math.atMost(x, all(0)), p)), p));
  }
  @inline gradient(dy: v128, x: v128, p: v128, q: v128): v128 {
    return f32x4.mul(dy, math.expNegative(f32x4.div(math.atMost(x, all(0)), p)));
  }
}
@unmanaged export class LeakyRelu {
  @inline apply(x: v128, p: v128, q: v128): v128 { return math.choose(f32x4.lt(x, all(0)), f32x4.mul(x, p), x); }
  @inline gradient(dy: v128, x: v128, p: v128, q: v128): v128 { return math.choose(f32x4.gt(x, all(0)), dy, f32x4.mul(dy, p)); }
}
@unmanaged export class SoftShrink {
  @inline apply(x: v128, p: v128, q: v128): v128 { return f32x4.sub(x, clip(x, f32x4.neg(p), p)); }
  @inline gradient(dy: v128, x: v128, p: v128, q: v128): v128 { return v128.and(dy, f32x4.gt(f32x4.abs(x), p)); }
}
@unmanaged export class HardShrink {
  @inline apply(x: v128, p: v128, q: v128): v128 { return v128.andnot(x, f32x4.le(f32x4.abs(x), p)); }
  @inline gradient(dy: v128, x: v128, p: v128, q: v128): v128 { return v128.and(dy, f32x4.gt(f32x4.abs(x), p)); }
}
@unmanaged export class Threshold {
  @inline apply(x: v128, p: v128, q: v128): v128 { return math.choose(f32x4.le(x, p), q, x); }
  @inline gradient(dy: v128, x: v128, p: v128, q: v128): v128 { return v128.and(dy, f32x4.gt(x, p)); }
}
@unmanaged export class Squareplus {
  @inline apply(x: v128, p: v128, q: v128): v128 {
    const half = all(0.5), r = this.root(x, p);
    // Nothing cancels: for negative x, f(x) = p / 4 / f(-x).
    const below = f32x4.div(f32x4.mul(p, half), f32x4.sub(r, x));
    return math.choose(f32x4.lt(x, all(0)), below, f32x4.add(f32x4.mul(x, half), f32x4.mul(r, half)));
  }
  @inline gradient(dy: v128, x: v128, p: v128, q: v128): v128 {
    const r = this.root(x, p);
    const small = f32x4.div(f32x4.mul(p, all(0.5)), f32x4.mul(r, f32x4.add(r, f32x4.abs(x))));
    return f32x4.mul(dy, math.choose(f32x4.lt(x, all(0)), small, f32x4.sub(all(1), small)));
  }
  // sqrt(x^2 + p), which is |x| where the square would overflow
  @inline root(x: v128, p: v128): v128 {
    const size = f32x4.abs(x);
    return math.choose(f32x4.lt(size, all(1e18)), f32x4.sqrt(multiplyAdd(x, x, p)), size);
  }
}
@unmanaged export class SparsePlus {
  @inline apply(x: v128, p: v128, q: v128): v128 {
    const above = f32x4.add(clip(x, all(-1), all(1)), all(1));
    return math.choose(f32x4.ge(x, all(1)), x, f32x4.mul(f32x4.mul(above, above), all(0.25)));
  }
  @inline gradient(dy: v128, x: v128, p: v128, q: v128): v128 {
    const slope = f32x4.mul(f32x4.add(clip(x, all(-1), all(1)), all(1)), all(0.5));
    return v128.and(f32x4.mul(dy, slope), f32x4.gt(x, all(-1)));
  }
}
@unmanaged export class SparseSigmoid {
  @inline apply(x: v128, p: v128, q: v128): v128 { return f32x4.mul(f32x4.add(clip(x, all(-1), all(1)), all(1)), all(0.5)); }
  @inline gradient(dy: v128, x: v128, p: v128, q: v128): v128 {
    return v128.and(f32x4.mul(dy, all(0.5)), within(x, all(-1), all(1)));
  }
}
@unmanaged export class TanhShrink {
  @inline apply(x: v128, p: v128, q: v128): v128 { return f32x4.sub(x, math.tanh(x)); }
  @inline gradient(dy: v128, x: v128, p: v128, q: v128): v128 {
    const y = math.tanh(x);
    return f32x4.mul(dy, f32x4.mul(y, y));
  }
}
