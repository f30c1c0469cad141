import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import { runForward } from '../forward';
import { runElementwise } from './elementwise';
import { assertFloats } from './floats';

/** WGSL of a function and its derivative on T, which is f32 or vec4<f32>. */
interface Curve {
  /** Declares `fn f(x: T) -> T`. */
  value: string;
  /** Declares `fn slope(x: T) -> T`. */
  slope: string;
}

/** What one kernel computes of every element. */
interface Formula {
  name: string;
  declarations?: string;
  expression: string;
}

type FormulaOf = (attrs: { approximate?: 'none' | 'tanh' }) => Formula;

/** WGSL of the logistic function; e^87 is the largest that is finite. */
export const SIGMOID = 'fn sigmoid(x: T) -> T { return 1.0 / (1.0 + exp(-clamp(x, T(-87.0), T(87.0)))); }';

// Φ(x), the probability that a normal variable lies below x, with a relative error of 1e-8 before rounding in the left
// tail too: e^(−x²/2)·k·p(k), k = 1/(1 + 0.265165 |x|), p fitted to the scaled complementary error function.
const NORMAL = `
fn bell(x: T) -> T { return exp(-0.5 * min(x * x, T(170.0))); }
fn probability(x: T, bell: T) -> T {
  let k = 1.0 / (1.0 + 0.26516504294 * abs(x));
  let p = 0.105806739 + k * (0.105324812 + k * (0.102656841 + k * (0.0607520644 + k * (0.136863396
    + k * (-0.114708349 + k * (0.216200907 + k * (-0.143665881 + k * 0.0307694737)))))));
  let tail = bell * k * p;
  return select(1.0 - tail, tail, x < T(0.0));
}`;

// gelu's tanh variant is x·σ(2u), u = √(2/π)(x + 0.044715 x³): the same without cancellation in the left tail.
const TANH_ARGUMENT = `${SIGMOID}
fn twiceU(x: T) -> T { return 1.5957691216 * x * (1.0 + 0.044715 * x * x); }`;

const relu: Curve = {
  value: 'fn f(x: T) -> T { return select(x, T(0.0), x < T(0.0)); }',
  slope: 'fn slope(x: T) -> T { return select(T(0.0), T(1.0), x > T(0.0)); }',
};

const silu: Curve = {
  value: `${SIGMOID}
fn f(x: T) -> T { return x * sigmoid(x); }`,
  slope: `${SIGMOID}
fn slope(x: T) -> T { let s = sigmoid(x); return s * (1.0 + x * (1.0 - s)); }`,
};

const gelu: Curve = {
  value: `${NORMAL}
fn f(x: T) -> T { return x * probability(x, bell(x)); }`,
  slope: `${NORMAL}
fn slope(x: T) -> T { let b = bell(x); return probability(x, b) + x * 0.3989422804 * b; }`,
};

const geluTanh: Curve = {
  value: `${TANH_ARGUMENT}
fn f(x: T) -> T { return x * sigmoid(twiceU(clamp(x, T(-30.0), T(30.0)))); }`,
  slope: `${TANH_ARGUMENT}
fn slope(unbounded: T) -> T {
  let x = clamp(unbounded, T(-30.0), T(30.0));
  let s = sigmoid(twiceU(x));
  return s + x * s * sigmoid(-twiceU(x)) * 1.5957691216 * (1.0 + 0.134145 * x * x);
}`,
};

const curves: Record<string, Curve> = { relu, silu, gelu, geluTanh };

/** @throws when the kernel has no activation of that name. */
export function curveOf(kernelName: string, activation: string | undefined): Curve {
  const curve = curves[activation ?? ''];
  if (curve) return curve;
  const known = Object.keys(curves).join("', '");
  throw new Error(`${kernelName}: activation is '${activation}'; expected '${known}'`);
}

const valueFormula = (name: string, { value }: Curve): Formula => ({
  name,
  declarations: value,
  expression: 'f(x[i])',
});

const gradientFormula = (name: string, { slope }: Curve): Formula => ({
  name: `${name} grad`,
  declarations: slope,
  expression: 'dy[i] * slope(x[i])',
});

const reluGrad: FormulaOf = () => ({
  name: 'relu grad',
  expression: 'select(dy[i], T(0.0), y[i] <= T(0.0))',
});

const eluGrad: FormulaOf = () => ({
  name: 'elu grad',
  expression: 'select(dy[i] * (y[i] + 1.0), dy[i], y[i] >= T(0.0))',
});

function activation(kernelName: string, formulaOf: FormulaOf, names: string[]): KernelConfig {
  return {
    kernelName,
    backendName: 'webgpu',
    kernelFunc: ({ inputs, backend, attrs }) => {
      const webgpu = backend as WebgpuBackend;
      const given = Object.fromEntries(names.map((name) => [name, inputs[name]!])) as Record<
        string,
        TensorInfo
      >;
      const { shape } = Object.values(given)[0]!;
      assertFloats(kernelName, given, shape);
      const out = webgpu.output(shape);
      const { name, declarations, expression } = formulaOf(attrs ?? {});
      const body = `out[i] = ${expression};`;
      const run = (inputs: typeof given) =>
        runElementwise(webgpu, { name, inputs, outputs: { out }, declarations, body });
      if ('dy' in given) run(given);
      else runForward(webgpu, given, out, run);
      return out;
    },
  };
}

const ofGelu = ({ approximate }: Parameters<FormulaOf>[0], formula: typeof valueFormula): Formula =>
  approximate === 'tanh' ? formula('gelu tanh', geluTanh) : formula('gelu', gelu);

/** Activations and their gradients as single kernels. */
export const activationKernels: KernelConfig[] = [
  activation('Gelu', (attrs) => ofGelu(attrs, valueFormula), ['x']),
  activation('GeluGrad', (attrs) => ofGelu(attrs, gradientFormula), ['dy', 'x']),
  activation('Silu', () => valueFormula('silu', silu), ['x']),
  activation('SiluGrad', () => gradientFormula('silu', silu), ['dy', 'x']),
  activation('ReluGrad', reluGrad, ['dy', 'y']),
  activation('EluGrad', eluGrad, ['dy', 'y']),
];
