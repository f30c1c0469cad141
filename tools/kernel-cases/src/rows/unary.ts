import { map } from '../array';
import { grid, values } from '../inputs';
import type { Case, KernelRow } from '../row';

const roundEven = (x: number): number => {
  const low = Math.floor(x);
  const isLow = x - low < 0.5 || (x - low === 0.5 && low % 2 === 0);
  return Number.isFinite(x) ? (isLow ? low : low + 1) : x;
};

/** erf by its series, or by the continued fraction of erfc. */
function erf(x: number): number {
  if (Number.isNaN(x)) return x;
  const t = Math.abs(x);
  if (t > 6) return Math.sign(x);
  if (t < 2.5) {
    let term = x;
    let sum = x;
    for (let n = 1; n < 80; n++) {
      term *= (-x * x) / n;
      sum += term / (2 * n + 1);
    }
    return (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = 0;
  for (let k = 100; k > 0; k--) fraction = k / 2 / (t + fraction);
  return Math.sign(x) * (1 - Math.exp(-t * t) / Math.sqrt(Math.PI) / (t + fraction));
}

const selu = (x: number) => (x < 0 ? 1.7580993408473768 * Math.expm1(x) : 1.0507009873554805 * x);
const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

interface UnaryFunction {
  /** In double precision. */
  f: (x: number) => number;
  attrs?: object;
  /** The error of the simd backend in units of the last place; half of one by default, which is rounding. */
  ulps?: number;
}

/** The functions of one tensor, by tfjs's names, and the attributes that they are called with here. */
export const unaryFunctions: { readonly [kernel: string]: UnaryFunction } = {
  Abs: { f: Math.abs },
  Ceil: { f: Math.ceil },
  ClipByValue: {
    f: (x) => Math.min(Math.max(x, -2), 2.25),
    attrs: { clipValueMin: -2, clipValueMax: 2.25 },
  },
  Elu: { f: (x) => (x < 0 ? Math.expm1(x) : x), ulps: 3 },
  Erf: { f: erf, ulps: 3.5 },
  Exp: { f: Math.exp, ulps: 1.5 },
  Expm1: { f: Math.expm1, ulps: 3 },
  Floor: { f: Math.floor },
  LeakyRelu: { f: (x) => (x < 0 ? 0.25 * x : x), attrs: { alpha: 0.25 } },
  Log: { f: Math.log, ulps: 1.5 },
  Log1p: { f: Math.log1p, ulps: 4 },
  Neg: { f: (x) => -x },
  Reciprocal: { f: (x) => 1 / x },
  Relu: { f: (x) => Math.max(0, x) },
  Relu6: { f: (x) => Math.min(Math.max(0, x), 6) },
  Round: { f: roundEven },
  Rsqrt: { f: (x) => 1 / Math.sqrt(x), ulps: 1.5 },
  Selu: { f: selu, ulps: 4 },
  Sigmoid: { f: (x) => 1 / (1 + Math.exp(-x)), ulps: 2.5 },
  Sign: { f: (x) => (x > 0 ? 1 : x < 0 ? -1 : 0) },
  Softplus: { f: softplus, ulps: 5 },
  Sqrt: { f: Math.sqrt },
  Square: { f: (x) => x * x },
  Step: { f: (x) => (Number.isNaN(x) ? x : x > 0 ? 1 : 0.5), attrs: { alpha: 0.5 } },
  Tanh: { f: Math.tanh, ulps: 2.5 },
};

const ends = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 80, -80, 0];
const inputs = [1, 3, 5, 64, 1001].map((size) => ({
  name: `[${size}]`,
  inputs: { x: grid(size, -6.5, 6.25) },
}));
/** Those that speed is measured of, on the largest activations of the cnn. */
const timed = ['Relu', 'Exp', 'Tanh', 'Sigmoid', 'Erf', 'Log'];
const maps = { ...grid(64 * 31 * 31 * 64, -6, 6), shape: [64, 31, 31, 64] };
const createCases = (kernel: string, attributes: object): Case[] => [
  ...inputs.map((one) => ({ ...one, attributes })),
  { name: 'infinities, NaN, ±80 and 0', inputs: { x: values(ends) }, attributes, extreme: true },
  // As many as vectors hold.
  {
    name: 'infinities, NaN, ±80, 0 and ±1',
    inputs: { x: values([...ends, 1, -1]) },
    attributes,
    extreme: true,
  },
  ...(timed.includes(kernel)
    ? [{ name: `[${maps.shape}]`, inputs: { x: maps }, attributes, speed: true as const, examples: ['x'] }]
    : []),
];

/** Every function of one tensor. */
export const unary: readonly KernelRow[] = Object.entries(unaryFunctions).map(
  ([kernel, { f, attrs = {} }]) => ({
    kernel,
    reference: ({ x }) => [map(x!, f)],
    cases: createCases(kernel, attrs),
    tolerance: { absolute: 1e-6, relative: 2e-6 },
  }),
);
