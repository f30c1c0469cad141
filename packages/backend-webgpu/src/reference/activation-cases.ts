const { exp, sqrt, PI } = Math;

/** P(N <= x): a series near 0, a continued fraction in the tails. */
function probability(x: number): number {
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

const sigmoid = (x: number) => 1 / (1 + exp(-x));
const density = (x: number) => exp((-x * x) / 2) / sqrt(2 * PI);
const u = (x: number) => sqrt(2 / PI) * (x + 0.044715 * x ** 3);

export interface ActivationCase {
  kernel: string;
  attrs?: { function: string };
  /** In double precision: the value, or the derivative that dy is multiplied by. */
  f: (x: number) => number;
  /** Of a gradient, which second input it takes: the function's argument or its value. */
  gradient?: 'x' | 'y';
}

const geluTanhDerivative = (x: number) => {
  const s = sigmoid(2 * u(x));
  return s + 2 * x * s * sigmoid(-2 * u(x)) * sqrt(2 / PI) * (1 + 3 * 0.044715 * x * x);
};

const pair = (
  name: string,
  value: (x: number) => number,
  derivative: (v: number) => number,
  gradient: 'x' | 'y' = 'x',
): ActivationCase[] => [
  { kernel: 'Activation', attrs: { function: name }, f: value },
  { kernel: 'ActivationGrad', attrs: { function: name }, f: derivative, gradient },
];

/** The activation kernels and what they compute. */
export const activationCases: ActivationCase[] = [
  ...pair(
    'gelu',
    (x) => x * probability(x),
    (x) => probability(x) + x * density(x),
  ),
  ...pair('geluTanh', (x) => x * sigmoid(2 * u(x)), geluTanhDerivative),
  ...pair(
    'silu',
    (x) => x * sigmoid(x),
    (x) => sigmoid(x) * (1 + x * sigmoid(-x)),
  ),
  ...pair(
    'relu',
    (x) => Math.max(x, 0),
    (y) => (y > 0 ? 1 : 0),
    'y',
  ),
  { kernel: 'EluGrad', f: (y) => (y >= 0 ? 1 : y + 1), gradient: 'y' },
];
