import { type ActivationFunction, bellTimes, sigmoid, softplus } from './functions';

const { abs, exp, expm1, max, min, sqrt, tanh } = Math;

interface ElementwiseFunction extends Omit<ActivationFunction, 'derivative'> {
  /** f', of the tensor that is kept. */
  derivative: (kept: number) => number;
  /** The attribute `parameters` of the cases. */
  parameters?: readonly number[];
  /** Relative error where the function is steep: an exponential has the error of its argument. */
  relative?: number;
}

/** min(max(x, low), high), NaN for NaN. */
const clip = (x: number, low: number, high: number) => max(low, min(high, x));
const within = (x: number, low: number, high: number) => (x > low && x < high ? 1 : 0);
const [scale, alpha] = [1.0507009873554805, 1.6732632423543772];

const elu = (a: number, b: number): ElementwiseFunction => ({
  value: (x) => (x > 0 ? x : a * expm1(min(x, 0) / b)),
  derivative: (x) => (x > 0 ? 1 : (a / b) * exp(min(x, 0) / b)),
  keeps: 'x',
  kinks: [0],
});

/** √(x² + b) */
const root = (x: number, b: number) => (abs(x) < 1e18 ? sqrt(x * x + b) : abs(x));
const squareplus = (b: number): ElementwiseFunction => ({
  value: (x) => (x < 0 ? b / 2 / (root(x, b) - x) : x / 2 + root(x, b) / 2),
  derivative(x) {
    const share = b / 2 / (root(x, b) * (root(x, b) + abs(x)));
    return x < 0 ? share : 1 - share;
  },
  keeps: 'x',
  parameters: [b],
});

/** The functions that backends have as elementwise kernels alone, in double precision, with the parameters of their cases. */
export const elementwiseFunctions: { readonly [name: string]: ElementwiseFunction } = {
  sigmoid: { value: sigmoid, derivative: (y) => y * (1 - y), keeps: 'y' },
  tanh: { value: tanh, derivative: (y) => (1 - y) * (1 + y), keeps: 'y' },
  exponential: { value: exp, derivative: (y) => y, keeps: 'y', relative: 2e-5 },
  relu6: { value: (x) => clip(x, 0, 6), derivative: (x) => within(x, 0, 6), keeps: 'x', kinks: [0, 6] },
  hardSigmoid: {
    value: (x) => clip(x + 3, 0, 6) / 6,
    derivative: (x) => within(x, -3, 3) / 6,
    keeps: 'x',
    kinks: [-3, 3],
  },
  hardSilu: {
    value: (x) => (x < -3 ? 0 : x < 3 ? (x * (x + 3)) / 6 : x),
    derivative: (x) => (x >= -3 ? (x < 3 ? (2 * x + 3) / 6 : 1) : 0),
    keeps: 'x',
    kinks: [-3, 3],
  },
  hardMish: {
    value: (x) => (x < -2 ? 0 : (x * clip(x + 2, 0, 2)) / 2),
    derivative: (x) => (x >= -2 ? (x <= 0 ? x + 1 : 1) : 0),
    keeps: 'x',
    kinks: [-2],
  },
  squaredRelu: {
    // Infinite where float32 is.
    value: (x) => (max(x, 0) ** 2 > 3.4028235e38 ? Infinity : max(x, 0) ** 2),
    derivative: (x) => (x > 0 ? 2 * x : 0),
    keeps: 'x',
    kinks: [0],
  },
  logSigmoid: { value: (x) => -softplus(-x), derivative: (x) => sigmoid(-x), keeps: 'x' },
  quickGelu: {
    value: (x) => x * sigmoid(1.702 * x),
    derivative: (x) => sigmoid(1.702 * x) + bellTimes(1.702 * x, 1.702 * x),
    keeps: 'x',
  },
  softsign: {
    value: (x) => x / (1 + abs(x)),
    derivative: (x) => 1 / (1 + abs(x)) ** 2,
    keeps: 'x',
    kinks: [0],
  },
  selu: {
    value: (x) => (x > 0 ? scale * x : scale * alpha * expm1(min(x, 0))),
    derivative: (x) => (x > 0 ? scale : scale * alpha * exp(min(x, 0))),
    keeps: 'x',
    kinks: [0],
  },
  sparsePlus: {
    value: (x) => (x >= 1 ? x : (clip(x, -1, 1) + 1) ** 2 / 4),
    derivative: (x) => (x > -1 ? (clip(x, -1, 1) + 1) / 2 : 0),
    keeps: 'x',
    kinks: [-1],
  },
  sparseSigmoid: {
    value: (x) => (clip(x, -1, 1) + 1) / 2,
    derivative: (x) => within(x, -1, 1) / 2,
    keeps: 'x',
    kinks: [-1, 1],
  },
  tanhShrink: { value: (x) => x - tanh(x), derivative: (x) => tanh(x) ** 2, keeps: 'x' },
  elu: { ...elu(0.7, 1), parameters: [0.7] },
  celu: { ...elu(0.7, 0.7), parameters: [0.7] },
  leakyRelu: {
    value: (x) => (x < 0 ? 0.2 * x : x),
    derivative: (x) => (x > 0 ? 1 : 0.2),
    keeps: 'x',
    kinks: [0],
    parameters: [0.2],
  },
  softplus: {
    value: (x) => softplus(2 * x) / 2,
    derivative: (x) => sigmoid(2 * x),
    keeps: 'x',
    parameters: [2],
  },
  softShrink: {
    value: (x) => x - clip(x, -0.75, 0.75),
    derivative: (x) => (abs(x) > 0.75 ? 1 : 0),
    keeps: 'x',
    kinks: [-0.75, 0.75],
    parameters: [0.75],
  },
  hardShrink: {
    value: (x) => (abs(x) <= 0.75 ? 0 : x),
    derivative: (x) => (abs(x) > 0.75 ? 1 : 0),
    keeps: 'x',
    kinks: [-0.75, 0.75],
    parameters: [0.75],
  },
  squareplus: squareplus(2),
  hardTanh: {
    value: (x) => clip(x, -0.5, 2),
    derivative: (x) => within(x, -0.5, 2),
    keeps: 'x',
    kinks: [-0.5, 2],
    parameters: [-0.5, 2],
  },
  threshold: {
    value: (x) => (x <= 0.25 ? -3 : x),
    derivative: (x) => (x > 0.25 ? 1 : 0),
    keeps: 'x',
    kinks: [0.25],
    parameters: [0.25, -3],
  },
};
