// Elementary functions of four floats. Coefficients and their errors: scripts/fit-approximations.py.
// Every function passes NaN through and gives the limits at ±Infinity.
import { multiplyAdd } from './simd';

// @ts-ignore: decorator
@inline
function all(x: f32): v128 {
  return f32x4.splat(x);
}

/** mask ? a : b, for masks whose lanes are all ones or all zeros. */
// @ts-ignore: decorator
@inline
export function choose(mask: v128, a: v128, b: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return i32x4.relaxed_laneselect(a, b, mask);
  return v128.bitselect(a, b, mask);
}

/** The smaller one; x when x is NaN. */
// @ts-ignore: decorator
@inline
export function atMost(x: v128, limit: v128): v128 {
  return f32x4.pmin(x, limit);
}

/** The larger one; x when x is NaN. */
// @ts-ignore: decorator
@inline
export function atLeast(x: v128, limit: v128): v128 {
  return f32x4.pmax(x, limit);
}

// exp(x) = 2^n exp(t), n = round(x / ln 2), |t| <= ln(2) / 2. Adding and subtracting 1.5 * 2^23 rounds to an integer.
// @ts-ignore: decorator
@inline
function roundToInteger(x: v128): v128 {
  return f32x4.sub(f32x4.add(x, all(12582912)), all(12582912));
}

// @ts-ignore: decorator
@inline
function reduce(x: v128, n: v128): v128 {
  // ln 2 in two parts; n times the first is exact.
  return multiplyAdd(n, all(-1.42860677e-6), multiplyAdd(n, all(-0.693145752), x));
}

// exp(t) - 1
// @ts-ignore: decorator
@inline
function expm1Near(t: v128): v128 {
  let q = multiplyAdd(all(0.0013882488710805774), t, all(0.008366691879928112));
  q = multiplyAdd(q, t, all(0.04166720435023308));
  q = multiplyAdd(q, t, all(0.16666541993618011));
  q = multiplyAdd(q, t, all(0.4999999701976776));
  return multiplyAdd(f32x4.mul(q, t), t, t);
}

/** 2^n for integers n in [-126, 127]. */
// @ts-ignore: decorator
@inline
function powerOfTwo(n: v128): v128 {
  return i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
}

/** exp(x), 1.1 ulp; correct for subnormal results and overflow. */
// @ts-ignore: decorator
@inline
export function exp(x: v128): v128 {
  x = atMost(atLeast(x, all(-104)), all(89));
  const n = roundToInteger(f32x4.mul(x, all(1.44269504)));
  const y = f32x4.add(expm1Near(reduce(x, n)), all(1));
  // 2^n alone would leave the range of normal numbers near both ends, so it scales twice.
  const half = roundToInteger(f32x4.mul(n, all(0.5)));
  return f32x4.mul(f32x4.mul(y, powerOfTwo(half)), powerOfTwo(f32x4.sub(n, half)));
}

/** exp(x) for x <= 0, 1.1 ulp; results below e^-87.3 (1.2e-38) are 0. Cheaper than {@link exp}. */
// @ts-ignore: decorator
@inline
export function expNegative(x: v128): v128 {
  const inside = atLeast(x, all(-87.3));
  const biased = f32x4.add(f32x4.mul(inside, all(1.44269504)), all(12582912 + 127));
  const n = f32x4.sub(biased, all(12582912 + 127));
  const y = f32x4.add(expm1Near(reduce(inside, n)), all(1));
  // The integer is in the low bits of the rounded sum; shifted left by 23, it is the exponent.
  const scaled = f32x4.mul(y, i32x4.shl(biased, 23));
  return v128.andnot(scaled, f32x4.lt(x, all(-87.3)));
}

/** exp(x) - 1, 2 ulp. */
// @ts-ignore: decorator
@inline
export function expm1(x: v128): v128 {
  const inside = atMost(atLeast(x, all(-20)), all(89));
  const n = roundToInteger(f32x4.mul(inside, all(1.44269504)));
  const p = expm1Near(reduce(inside, n));
  // Half of 2^n stays finite at n = 128; 0.5 less it is exact where it matters.
  const h = powerOfTwo(f32x4.sub(n, all(1)));
  const y = multiplyAdd(p, h, f32x4.sub(h, all(0.5)));
  // Zeros keep their sign.
  return choose(f32x4.eq(x, all(0)), x, f32x4.add(y, y));
}

/** ln(x), 1 ulp: -Infinity at 0, NaN below. */
// @ts-ignore: decorator
@inline
export function log(x: v128): v128 {
  const tiny = f32x4.lt(x, all(1.17549435e-38));
  const normal = choose(tiny, f32x4.mul(x, all(8388608)), x);
  // x = 2^k m with m in [sqrt(1/2), sqrt(2))
  const shifted = i32x4.sub(normal, i32x4.splat(0x3f3504f3));
  const k = f32x4.sub(f32x4.convert_i32x4_s(i32x4.shr_s(shifted, 23)), v128.and(tiny, all(23)));
  const m = i32x4.add(v128.and(shifted, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3));
  const f = f32x4.sub(m, all(1));
  const s = f32x4.div(f, f32x4.add(f, all(2)));
  const z = f32x4.mul(s, s);
  let r = multiplyAdd(all(0.2358357161283493), z, all(0.28537243604660034));
  r = multiplyAdd(r, z, all(0.4000033736228943));
  r = f32x4.mul(multiplyAdd(r, z, all(0.6666666269302368)), z);
  const halfSquare = f32x4.mul(f32x4.mul(f, f), all(0.5));
  // ln m = f - (f^2 / 2 - s (f^2 / 2 + r)), the large terms last.
  const low = multiplyAdd(k, all(1.42860677e-6), f32x4.mul(s, f32x4.add(halfSquare, r)));
  const near = f32x4.add(f32x4.sub(low, halfSquare), f);
  let y = multiplyAdd(k, all(0.693145752), near);
  y = choose(f32x4.eq(x, all(Infinity)), x, y);
  y = choose(f32x4.eq(x, all(0)), all(-Infinity), y);
  return choose(f32x4.ge(x, all(0)), y, all(NaN));
}

/** ln(1 + x), 3 ulp. */
// @ts-ignore: decorator
@inline
export function log1p(x: v128): v128 {
  const u = f32x4.add(x, all(1));
  // The quotient x / (u - 1) corrects the rounding error of 1 + x.
  const y = f32x4.mul(log(u), f32x4.div(x, f32x4.sub(u, all(1))));
  const whole = v128.or(f32x4.eq(u, all(1)), f32x4.eq(x, all(Infinity)));
  return choose(whole, x, choose(f32x4.eq(x, all(-1)), all(-Infinity), y));
}

/** 1 / (1 + exp(-x)), 2 ulp. */
// @ts-ignore: decorator
@inline
export function sigmoid(x: v128): v128 {
  const e = exp(f32x4.neg(f32x4.abs(x)));
  const above = f32x4.lt(all(0), x);
  return f32x4.div(choose(above, all(1), e), f32x4.add(e, all(1)));
}

/** tanh(x), 2 ulp. */
// @ts-ignore: decorator
@inline
export function tanh(x: v128): v128 {
  const t = f32x4.abs(x);
  const z = f32x4.mul(x, x);
  let near = multiplyAdd(all(-0.005704987328499556), z, all(0.0206390880048275));
  near = multiplyAdd(near, z, all(-0.05373971536755562));
  near = multiplyAdd(near, z, all(0.13331441581249237));
  near = multiplyAdd(near, z, all(-0.3333328068256378));
  near = multiplyAdd(f32x4.mul(near, z), x, x);
  const e = expNegative(f32x4.mul(t, all(-2)));
  // (1 - e) / (1 + e) as 1 - 2 e / (1 + e): no cancellation at large t.
  const far = f32x4.sub(all(1), f32x4.div(f32x4.add(e, e), f32x4.add(e, all(1))));
  const signed = v128.or(far, v128.and(x, all(-0.0)));
  return choose(f32x4.gt(t, all(0.625)), signed, near);
}

/** erf(x), 3 ulp. */
// @ts-ignore: decorator
@inline
export function erf(x: v128): v128 {
  const t = atMost(f32x4.abs(x), all(4));
  const z = f32x4.mul(x, x);
  let near = multiplyAdd(all(-0.0005919432151131332), z, all(0.004979133605957031));
  near = multiplyAdd(near, z, all(-0.02675703726708889));
  near = multiplyAdd(near, z, all(0.11281552910804749));
  near = multiplyAdd(near, z, all(-0.37612468004226685));
  near = f32x4.mul(multiplyAdd(near, z, all(1.1283791065216064)), x);
  let p = multiplyAdd(all(-0.00021337499492801726), t, all(0.0032099054660648108));
  p = multiplyAdd(p, t, all(-0.022873688489198685));
  p = multiplyAdd(p, t, all(0.10523631423711777));
  p = multiplyAdd(p, t, all(0.6357378363609314));
  p = multiplyAdd(p, t, all(1.1285085678100586));
  const far = f32x4.sub(all(1), expNegative(f32x4.neg(f32x4.mul(p, t))));
  const signed = v128.or(far, v128.and(x, all(-0.0)));
  return choose(f32x4.gt(t, all(0.9375)), signed, near);
}

/** exp(-x^2 / 2), the density of the normal distribution times sqrt(2 pi). */
// @ts-ignore: decorator
@inline
export function bell(x: v128): v128 {
  return expNegative(f32x4.mul(f32x4.mul(x, x), all(-0.5)));
}

/** P(N <= x) for a standard normal N, given {@link bell} of x; relative error 1e-6 also in the left tail. */
// @ts-ignore: decorator
@inline
export function normalCdf(x: v128, bellOfX: v128): v128 {
  const u = f32x4.div(all(1), multiplyAdd(f32x4.abs(x), all(0.3), all(1)));
  let q = multiplyAdd(all(0.03740936890244484), u, all(-0.16442452371120453));
  q = multiplyAdd(q, u, all(0.21879443526268005));
  q = multiplyAdd(q, u, all(-0.0651383027434349));
  q = multiplyAdd(q, u, all(0.13462448120117188));
  q = multiplyAdd(q, u, all(0.09807683527469635));
  q = multiplyAdd(q, u, all(0.12104739993810654));
  q = multiplyAdd(q, u, all(0.11961032450199127));
  const tail = f32x4.mul(bellOfX, f32x4.mul(q, u));
  return choose(f32x4.gt(x, all(0)), f32x4.sub(all(1), tail), tail);
}
