const { exp, sqrt, PI } = Math;

export interface ActivationFunction {
  value: (x: number) => number;
  /** f', of the argument. */
  derivative: (x: number) => number;
  /** The input of its gradient kernel: the argument x, or the value y. */
  keeps: 'x' | 'y';
  /** Arguments at which it has no derivative. */
  kinks?: readonly number[];
}

export const sigmoid = (x: number) => 1 / (1 + exp(-x));
const density = (x: number) => exp((-x * x) / 2) / sqrt(2 * PI);

/** P(N ≤ x) of a standard normal N: a series near 0, a continued fraction in the tails. */
export function probability(x: number): number {
  if (Number.isNaN(x)) return x;
  const t = Math.abs(x);
  if (t < 4) {
    let term = x;
    let sum = x;
    for (let n = 1; n < 100; n++) {
      term *= (-x * x) / (2 * n);
      sum += term / (2 * n + 1);
    }
    return 0.5 + sum / sqrt(2 * PI);
  }
  let fraction = 0;
  for (let k = 200; k > 0; k--) fraction = k / (t + fraction);
  const tail = exp((-t * t) / 2) / sqrt(2 * PI) / (t + fraction);
  return x < 0 ? tail : 1 - tail;
}

const u = (x: number) => sqrt(2 / PI) * (x + 0.044715 * x ** 3);
const slope = (x: number) => sqrt(2 / PI) * (1 + 3 * 0.044715 * x * x);
export const softplus = (x: number) => Math.max(x, 0) + Math.log1p(exp(-Math.abs(x)));
/** s(1 − s)·factor with s = σ(z), 0 where the exponential has vanished and the factor may be infinite. */
export const bellTimes = (z: number, factor: number) => {
  const bell = sigmoid(z) * sigmoid(-z);
  return bell === 0 ? 0 : bell * factor;
};

/** The activation functions that backends fuse into other kernels, in double precision, without cancellation in the tails. */
export const functions: { readonly [name: string]: ActivationFunction } = {
  relu: {
    value: (x) => (x > 0 || Number.isNaN(x) ? x : 0),
    derivative: (x) => (x <= 0 ? 0 : 1), // 1 for NaN
    keeps: 'y',
    kinks: [0],
  },
  silu: {
    value: (x) => x * sigmoid(x),
    derivative: (x) => sigmoid(x) + bellTimes(x, x),
    keeps: 'x',
  },
  gelu: {
    value: (x) => x * probability(x),
    derivative: (x) => probability(x) + (density(x) === 0 ? 0 : x * density(x)),
    keeps: 'x',
  },
  // x·(1 + tanh(u))/2
  geluTanh: {
    value: (x) => x * sigmoid(2 * u(x)),
    derivative: (x) => sigmoid(2 * u(x)) + bellTimes(2 * u(x), 2 * x * slope(x)),
    keeps: 'x',
  },
  mish: {
    value: (x) => x * Math.tanh(softplus(x)),
    derivative: (x) => Math.tanh(softplus(x)) + (x * sigmoid(x)) / Math.cosh(softplus(x)) ** 2,
    keeps: 'x',
  },
};

/** dy·f'(x): 0 where f' is 0, whatever dy is. */
export function computeGradient(name: string, dy: number, x: number): number {
  const slope = functions[name]!.derivative(x);
  return slope === 0 ? 0 : dy * slope;
}
