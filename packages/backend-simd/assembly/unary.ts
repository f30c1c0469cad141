// out[i] = f(x[i]). `p` and `q` are parameters of f, unused by most. Items: elements.
import { map } from './map';
import * as math from './math';
import { multiplyAdd } from './simd';

@unmanaged class Relu6 {
  @inline apply(x: v128, p: v128, q: v128): v128 {
    return f32x4.add(math.atMost(math.atLeast(x, f32x4.splat(0)), f32x4.splat(6)), f32x4.splat(0));
  }
}
@unmanaged class LeakyRelu {
  @inline apply(x: v128, p: v128, q: v128): v128 { return math.choose(f32x4.lt(x, f32x4.splat(0)), f32x4.mul(x, p), x); }
}
@unmanaged class Elu {
  @inline apply(x: v128, p: v128, q: v128): v128 { return math.choose(f32x4.lt(x, f32x4.splat(0)), math.expm1(x), x); }
}
@unmanaged class Selu {
  @inline apply(x: v128, p: v128, q: v128): v128 {
    const below = f32x4.mul(math.expm1(x), f32x4.splat(1.7580993408473768));
    const above = f32x4.mul(x, f32x4.splat(1.0507009873554805));
    return math.choose(f32x4.lt(x, f32x4.splat(0)), below, above);
  }
}
// x > 0 ? 1 : p, NaN for NaN
@unmanaged class Step {
  @inline apply(x: v128, p: v128, q: v128): v128 {
    const value = math.choose(f32x4.gt(x, f32x4.splat(0)), f32x4.splat(1), p);
    return math.choose(f32x4.ne(x, x), x, value);
  }
}
@unmanaged class Neg { @inline apply(x: v128, p: v128, q: v128): v128 { return f32x4.neg(x); } }
@unmanaged class Abs { @inline apply(x: v128, p: v128, q: v128): v128 { return f32x4.abs(x); } }
@unmanaged class Square { @inline apply(x: v128, p: v128, q: v128): v128 { return f32x4.mul(x, x); } }
@unmanaged class Sqrt { @inline apply(x: v128, p: v128, q: v128): v128 { return f32x4.sqrt(x); } }
@unmanaged class Rsqrt {
  @inline apply(x: v128, p: v128, q: v128): v128 { return f32x4.div(f32x4.splat(1), f32x4.sqrt(x)); }
}
@unmanaged class Reciprocal {
  @inline apply(x: v128, p: v128, q: v128): v128 { return f32x4.div(f32x4.splat(1), x); }
}
@unmanaged class Exp { @inline apply(x: v128, p: v128, q: v128): v128 { return math.exp(x); } }
@unmanaged class Expm1 { @inline apply(x: v128, p: v128, q: v128): v128 { return math.expm1(x); } }
@unmanaged class Log { @inline apply(x: v128, p: v128, q: v128): v128 { return math.log(x); } }
@unmanaged class Log1p { @inline apply(x: v128, p: v128, q: v128): v128 { return math.log1p(x); } }
@unmanaged class Sigmoid { @inline apply(x: v128, p: v128, q: v128): v128 { return math.sigmoid(x); } }
@unmanaged class Tanh { @inline apply(x: v128, p: v128, q: v128): v128 { return math.tanh(x); } }
@unmanaged class Erf { @inline apply(x: v128, p: v128, q: v128): v128 { return math.erf(x); } }
// max(x, 0) + ln(1 + exp(-|x|))
@unmanaged class Softplus {
  @inline apply(x: v128, p: v128, q: v128): v128 {
    const tail = math.log1p(math.exp(f32x4.neg(f32x4.abs(x))));
    return f32x4.add(math.atLeast(x, f32x4.splat(0)), tail);
  }
}
// -1, 0 or 1; 0 for NaN, as in tfjs
@unmanaged class Sign {
  @inline apply(x: v128, p: v128, q: v128): v128 {
    const above = v128.and(f32x4.gt(x, f32x4.splat(0)), f32x4.splat(1));
    return v128.or(above, v128.and(f32x4.lt(x, f32x4.splat(0)), f32x4.splat(-1)));
  }
}
@unmanaged class Clip {
  @inline apply(x: v128, p: v128, q: v128): v128 { return math.atMost(math.atLeast(x, p), q); }
}
@unmanaged class Floor { @inline apply(x: v128, p: v128, q: v128): v128 { return f32x4.floor(x); } }
@unmanaged class Ceil { @inline apply(x: v128, p: v128, q: v128): v128 { return f32x4.ceil(x); } }
@unmanaged class Round { @inline apply(x: v128, p: v128, q: v128): v128 { return f32x4.nearest(x); } }
// p x + q
@unmanaged class Linear { @inline apply(x: v128, p: v128, q: v128): v128 { return multiplyAdd(x, p, q); } }
// Powers without a logarithm. sqrt(x + 0) turns -0 into +0; x^0.5 of -Infinity is Infinity.
@unmanaged class SquareRootPower {
  @inline apply(x: v128, p: v128, q: v128): v128 {
    const root = f32x4.sqrt(f32x4.add(x, f32x4.splat(0)));
    return math.choose(f32x4.eq(x, f32x4.splat(-Infinity)), f32x4.splat(Infinity), root);
  }
}
@unmanaged class ThreeHalvesPower {
  @inline apply(x: v128, p: v128, q: v128): v128 {
    const root = f32x4.mul(f32x4.add(x, f32x4.splat(0)), f32x4.sqrt(f32x4.add(x, f32x4.splat(0))));
    return math.choose(f32x4.eq(x, f32x4.splat(-Infinity)), f32x4.splat(Infinity), root);
  }
}
@unmanaged class Cube { @inline apply(x: v128, p: v128, q: v128): v128 { return f32x4.mul(f32x4.mul(x, x), x); } }
// Reads int32.
@unmanaged class FromInteger {
  @inline apply(x: v128, p: v128, q: v128): v128 { return f32x4.convert_i32x4_s(x); }
}

export function relu6(x: usize, out: usize, p: f32, q: f32, first: i32, last: i32, scratch: usize): void { map<Relu6>(x, out, p, q, first, last, scratch); }
export function leakyRelu(x: usize, out: usize, p: f32, q: f32, first: i32, last: i32, scratch: usize): void { map<LeakyRelu>(x, out, p, q, first, last, scratch); }
export function elu(x: usize, out: usize, p: f32, q: f32, first: i32, last: i32, scratch: usize): void { map<Elu>(x, out, p, q, first, last, scratch); }
export function selu(x: usize, out: usize, p: f32, q: f32, first: i32, last: i32, scratch: usize): void { map<Selu>(x, out, p, q, first, last, scratch); }
export function step(x: usize, out: usize, p: f32, q: f32, first: i32, last: i32, scratch: usize): void { map<Step>(x, out, p, q, first, last, scratch); }
export function neg(x: usize, out: usize, p: f32, q: f32, first: i32, last: i32, scratch: usize): void { map<Neg>(x, out, p, q, first, last, scratch); }
export function abs(x: usize, out: usize, p: f32, q: f32, first: i32, last: i32, scratch: usize): void { map<Abs>(x, out, p, q, first, last, scratch); }
export function square(x: usize, out: usize, p: f32, q: f32, first: i32, last: i32, scratch: usize): void { map<Square>(x, out, p, q, first, last, scratch); }
export function sqrt(x: usize, out: usize, p: f32, q: f32, first: i32, last: i32, scratch: usize): void { map<Sqrt>(x, out, p, q, first, last, scratch); }
export function rsqrt(x: usize, out: usize, p: f32, q: f32, first: i32, last: i32, scratch: usize): void { map<Rsqrt>(x, out, p, q, first, last, scratch); }
export function reciprocal(x: usize, out: usize, p: f32, q: f32, first: i32, last: i32, scratch: usize): void { map<Reciprocal>(x, out, p, q, first, last, scratch); }
export function exp(x: usize, out: usize, p: f32, q: f32, first: i32, last: i32, scratch: usize): void { map<Exp>(x, out, p, q, first, last, scratch); }
export function expm1(x: usize, out: usize, p: f32, q: f32, first: i32, last: i32, scratch: usize): void { map<Expm1>(x, out, p, q, first, last, scratch); }
export function log(x: usize, out: usize, p: f32, q: f32, first: i32, last: i32, scratch: usize): void { map<Log>(x, out, p, q, first, last, scratch); }
export function log1p(x: usize, out: usize, p: f32, q: f32, first: i32, last: i32, scratch: usize): void { map<Log1p>(x, out, p, q, first, last, scratch); }
export function sigmoid(x: usize, out: usize, p: f32, q: f32, first: i32, last: i32, scratch: usize): void { map<Sigmoid>(x, out, p, q, first, last, scratch); }
export function tanh(x: usize, out: usize, p: f32, q: f32, first: i32, last: i32, scratch: usize): void { map<Tanh>(x, out, p, q, first, last, scratch); }
export function erf(x: usize, out: usize, p: f32, q: f32, first: i32, last: i32, scratch: usize): void { map<Erf>(x, out, p, q, first, last, scratch); }
export function softplus(x: usize, out: usize, p: f32, q: f32, first: i32, last: i32, scratch: usize): void { map<Softplus>(x, out, p, q, first, last, scratch); }
export function sign(x: usize, out: usize, p: f32, q: f32, first: i32, last: i32, scratch: usize): void { map<Sign>(x, out, p, q, first, last, scratch); }
export function clip(x: usize, out: usize, p: f32, q: f32, first: i32, last: i32, scratch: usize): void { map<Clip>(x, out, p, q, first, last, scratch); }
export function floor(x: usize, out: usize, p: f32, q: f32, first: i32, last: i32, scratch: usize): void { map<Floor>(x, out, p, q, first, last, scratch); }
export function ceil(x: usize, out: usize, p: f32, q: f32, first: i32, last: i32, scratch: usize): void { map<Ceil>(x, out, p, q, first, last, scratch); }
export function round(x: usize, out: usize, p: f32, q: f32, first: i32, last: i32, scratch: usize): void { map<Round>(x, out, p, q, first, last, scratch); }
export function linear(x: usize, out: usize, p: f32, q: f32, first: i32, last: i32, scratch: usize): void { map<Linear>(x, out, p, q, first, last, scratch); }
export function squareRootPower(x: usize, out: usize, p: f32, q: f32, first: i32, last: i32, scratch: usize): void { map<SquareRootPower>(x, out, p, q, first, last, scratch); }
export function threeHalvesPower(x: usize, out: usize, p: f32, q: f32, first: i32, last: i32, scratch: usize): void { map<ThreeHalvesPower>(x, out, p, q, first, last, scratch); }
export function cube(x: usize, out: usize, p: f32, q: f32, first: i32, last: i32, scratch: usize): void { map<Cube>(x, out, p, q, first, last, scratch); }
export function fromInteger(x: usize, out: usize, p: f32, q: f32, first: i32, last: i32, scratch: usize): void { map<FromInteger>(x, out, p, q, first, last, scratch); }
