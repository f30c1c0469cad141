import { activationFunctions } from '@tenfold/kernels';
import { expectClose } from '@tenfold/testing';
import type { NamedAttrMap, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import '../register';
import { sizes } from '../reference/elementwise-cases';
import { randomTensor, testedBackends } from '../testing';
import { activationKernels } from './activation';
import { adamW } from './adam-w';

const { exp, sqrt, tanh, PI } = Math;

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
const slope = (x: number) => sqrt(2 / PI) * (1 + 3 * 0.044715 * x * x);
// x (1 + tanh(u)) / 2 without cancellation in the left tail
const geluTanh = (x: number) => x * sigmoid(2 * u(x));
const geluTanhSlope = (x: number) => {
  const s = sigmoid(2 * u(x));
  return s + 2 * x * s * sigmoid(-2 * u(x)) * slope(x);
};

interface Case {
  kernel: string;
  attrs?: object;
  f: (x: number) => number;
  gradient?: 'x' | 'y';
}

const cases: Case[] = [
  { kernel: 'Activation', attrs: { function: 'gelu' }, f: (x) => x * probability(x) },
  { kernel: 'Activation', attrs: { function: 'geluTanh' }, f: geluTanh },
  { kernel: 'Activation', attrs: { function: 'silu' }, f: (x) => x * sigmoid(x) },
  { kernel: 'Activation', attrs: { function: 'relu' }, f: (x) => Math.max(x, 0) },
  {
    kernel: 'ActivationGrad',
    attrs: { function: 'gelu' },
    f: (x) => probability(x) + x * density(x),
    gradient: 'x',
  },
  { kernel: 'ActivationGrad', attrs: { function: 'geluTanh' }, f: geluTanhSlope, gradient: 'x' },
  {
    kernel: 'ActivationGrad',
    attrs: { function: 'silu' },
    f: (x) => sigmoid(x) * (1 + x * sigmoid(-x)),
    gradient: 'x',
  },
  { kernel: 'ActivationGrad', attrs: { function: 'relu' }, f: (y) => (y > 0 ? 1 : 0), gradient: 'y' },
  { kernel: 'EluGrad', f: (y) => (y >= 0 ? 1 : y + 1), gradient: 'y' },
];
/** The names before Activation and ActivationGrad. */
const earlier = [
  { kernel: 'Gelu', attrs: { approximate: 'none' }, name: 'gelu' },
  { kernel: 'Gelu', attrs: { approximate: 'tanh' }, name: 'geluTanh' },
  { kernel: 'Silu', name: 'silu' },
  { kernel: 'GeluGrad', attrs: { approximate: 'none' }, name: 'gelu', gradient: 'x' },
  { kernel: 'GeluGrad', attrs: { approximate: 'tanh' }, name: 'geluTanh', gradient: 'x' },
  { kernel: 'SiluGrad', name: 'silu', gradient: 'x' },
  { kernel: 'ReluGrad', name: 'relu', gradient: 'y' },
];
const find = (name: string) => activationKernels.find(({ kernelName }) => kernelName === name)!;

it('tests every kernel', () => {
  expect([...new Set([...cases, ...earlier].map(({ kernel }) => kernel))].sort()).toEqual(
    activationKernels.map(({ kernelName }) => kernelName).sort(),
  );
});

it('has a formula of the tanh variant that agrees with its usual form', () => {
  for (const x of [-3, -1, 0.5, 2]) expect(geluTanh(x)).toBeCloseTo((x / 2) * (1 + tanh(u(x))), 12);
});

for (const { name, backend } of await testedBackends()) {
  const read = ({ dataId }: TensorInfo) => backend.readSync(dataId) as Float32Array;
  const tensor = (values: Float32Array) => backend.makeTensorInfo([values.length], 'float32', values);
  describe(`activations (${name})`, () => {
    for (const { kernel, attrs, f, gradient } of cases) {
      const run = (x: TensorInfo, dy: TensorInfo): TensorInfo => {
        const inputs: NamedTensorInfoMap = gradient ? { dy, [gradient]: x } : { x };
        return find(kernel).kernelFunc({
          inputs,
          backend,
          attrs: (attrs ?? {}) as NamedAttrMap,
        }) as TensorInfo;
      };
      it(`${kernel} ${JSON.stringify(attrs ?? {})}`, async () => {
        const before = backend.memory().arenaBytes;
        for (const size of [...sizes, 20_001]) {
          const grid = Float32Array.from({ length: size }, (_, i) => -10 + (i * 20) / Math.max(1, size - 1));
          const x = tensor(grid);
          const dy = randomTensor(backend, [size], 7);
          const out = run(x, dy);
          const g = read(dy);
          const want = Array.from(grid, (v, i) => f(v) * (gradient ? g[i]! : 1));
          await expectClose(read(out), want, { absolute: 1e-6, relative: 1e-6 });
          for (const { dataId } of [x, dy, out]) backend.disposeData(dataId);
        }
        expect(backend.memory().arenaBytes).toBe(before);
      });

      it(`${kernel} ${JSON.stringify(attrs ?? {})} at ±80 and NaN`, async () => {
        const x = tensor(Float32Array.from([80, -80, 0, NaN, 1e30]));
        const dy = tensor(new Float32Array(5).fill(1));
        const step = gradient ? [1, 0, f(0), 0, 1] : [80, 0, 0, 0, 1e30];
        const want = kernel === 'EluGrad' ? [1, -79, 1, NaN, 1] : step;
        if (kernel !== 'EluGrad') want[3] = kernel === 'ActivationGrad' && gradient === 'y' ? 1 : NaN;
        await expectClose(read(run(x, dy)), want, { absolute: 1e-30, relative: 1e-6 });
      });
    }

    it('keeps digits in the left tail of gelu', async () => {
      const values = Float32Array.from([-3, -4, -5, -6, -8]);
      const out = find('Activation').kernelFunc({
        inputs: { x: tensor(values) },
        backend,
        attrs: { function: 'gelu' },
      }) as TensorInfo;
      await expectClose(
        read(out),
        Array.from(values, (x) => x * probability(x)),
        { absolute: 0, relative: 5e-6 },
      );
    });

    it('refuses integers, functions it does not know and the wrong one of x and y', () => {
      const run = (kernel: string, inputs: NamedTensorInfoMap, attrs: NamedAttrMap) =>
        find(kernel).kernelFunc({ inputs, backend, attrs });
      const x = backend.makeTensorInfo([4], 'int32', new Int32Array(4));
      const y = randomTensor(backend, [4]);
      expect(() => run('Activation', { x }, { function: 'gelu' })).toThrow(/Activation: x is int32/);
      expect(() => run('Activation', { x: y }, { function: 'swish' })).toThrow(
        "Activation: function is 'swish'; expected 'relu', 'silu', 'gelu', 'geluTanh'",
      );
      expect(() => run('Activation', { x: y }, {})).toThrow(/function is 'undefined'/);
      expect(() => run('ActivationGrad', { dy: y, y }, { function: 'silu' })).toThrow(
        'ActivationGrad: the inputs are dy,y; the gradient of silu takes dy, x',
      );
    });

    it.each(earlier)('$kernel $attrs is $name of Activation', ({ kernel, attrs, name, gradient }) => {
      const [x, dy] = [randomTensor(backend, [65], 1), randomTensor(backend, [65], 2)];
      const inputs: NamedTensorInfoMap = gradient ? { dy, [gradient]: x } : { x };
      const run = (kernel: string, attrs: object) =>
        read(find(kernel).kernelFunc({ inputs, backend, attrs: { ...attrs } }) as TensorInfo);
      const now = run(gradient ? 'ActivationGrad' : 'Activation', { function: name });
      expect(run(kernel, attrs ?? {})).toEqual(now);
    });

    it('says which functions it knows', () => {
      const names = Object.keys(activationFunctions);
      expect(find('Activation')).toMatchObject({ functions: names });
      expect(find('ActivationGrad')).toMatchObject({ functions: names });
    });

    it('AdamW takes the step of its formula', async () => {
      for (const size of [1, 3, 5, 64, 70_001]) {
        const [gradient, parameter, mean, noise] = [1, 2, 3, 4].map((seed) =>
          randomTensor(backend, [size], seed),
        );
        const square = tensor(read(noise!).map((v) => v * v));
        const inputs = { gradient: gradient!, parameter: parameter!, mean: mean!, square };
        const attrs = {
          learningRate: 0.01,
          beta1: 0.9,
          beta2: 0.99,
          epsilon: 1e-6,
          weightDecay: 0.1,
          step: 4,
        };
        const outputs = adamW.kernelFunc({ inputs, backend, attrs }) as TensorInfo[];
        const [g, p, m, v] = Object.values(inputs).map(read) as [
          Float32Array,
          Float32Array,
          Float32Array,
          Float32Array,
        ];
        const newM = Array.from(g, (x, i) => 0.9 * m[i]! + (1 - 0.9) * x);
        const newV = Array.from(g, (x, i) => 0.99 * v[i]! + (1 - 0.99) * x * x);
        const update = newM.map(
          (x, i) => -0.01 * (x / (1 - 0.9 ** 5) / (sqrt(newV[i]! / (1 - 0.99 ** 5)) + 1e-6) + 0.1 * p[i]!),
        );
        await expectClose(read(outputs[0]!), update, { absolute: 1e-8, relative: 1e-5 });
        await expectClose(read(outputs[1]!), newM, { absolute: 1e-7 });
        await expectClose(read(outputs[2]!), newV, { absolute: 1e-7 });
        for (const { dataId } of [...Object.values(inputs), noise!, ...outputs]) backend.disposeData(dataId);
      }
    });
  });
}
