import { expectClose } from '@tenfold/testing';
import type { KernelConfig } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import '../register';
import { randomTensor, runKernel, testedBackends } from '../../test/backends';
import { extremes, sizes } from '../../test/reference/elementwise-cases';
import { limits } from './grain';
import { unaryKernels } from './unary';

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

/** Each kernel's function in double precision, the attributes to call it with, and its error in units of the last place. */
const functions: Record<string, { f: (x: number) => number; attrs?: object; ulps?: number }> = {
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

const tested = await testedBackends();
beforeAll(() => {
  limits.small = 0;
});
afterAll(() => {
  limits.small = 64;
});

/** Distance of neighbouring floats at y. */
function ulp(y: number): number {
  const exponent = Math.max(-126, Math.floor(Math.log2(Math.abs(y))));
  return 2 ** (exponent - 23);
}

function expectWithin(
  actual: ArrayLike<number>,
  x: ArrayLike<number>,
  f: (x: number) => number,
  ulps: number,
): void {
  for (let i = 0; i < x.length; i++) {
    const exact = f(x[i]!);
    const rounded = Math.fround(exact);
    const same = actual[i] === rounded || (Number.isNaN(rounded) && Number.isNaN(actual[i]!));
    if (same) continue;
    const error = Math.abs(actual[i]! - exact) / ulp(exact);
    if (!(error <= ulps))
      throw new Error(`f(${x[i]}) = ${exact} but the kernel gives ${actual[i]}: ${error} ulp`);
  }
}

it('knows a reference for every kernel', () => {
  expect(Object.keys(functions)).toEqual(unaryKernels.map(({ kernelName }) => kernelName));
});

for (const { name, backend } of tested) {
  const run = (kernel: KernelConfig, values: Float32Array) => {
    const x = backend.makeTensorInfo([values.length], 'float32', values);
    const out = runKernel(kernel, backend, { x }, functions[kernel.kernelName]!.attrs);
    const result = backend.readSync(out.dataId) as Float32Array;
    for (const { dataId } of [x, out]) backend.disposeData(dataId);
    return result;
  };
  describe(`functions of one tensor (${name})`, () => {
    for (const kernel of unaryKernels) {
      const { f, ulps = 0.5 } = functions[kernel.kernelName]!;
      it(`${kernel.kernelName} is right at the extremes and within ${ulps} ulp between them`, () => {
        const grid = Float32Array.from({ length: 40001 }, (_, i) => (i - 20000) / 200);
        const fine = Float32Array.from({ length: 40001 }, (_, i) => (i - 20000) / 7000);
        const tiny = Float32Array.from({ length: 2000 }, (_, i) => (i % 2 ? -1 : 1) * 2 ** (-i / 16));
        for (const values of [Float32Array.from(extremes), grid, fine, tiny]) {
          expectWithin(run(kernel, values), values, f, ulps);
        }
      });
    }

    it('gives the same for every size and leaves nothing behind', async () => {
      const before = backend.memory().arenaBytes;
      for (const size of [...sizes, 100_003]) {
        const x = randomTensor(backend, [size]);
        const y = runKernel(unaryKernels.find(({ kernelName }) => kernelName === 'Tanh')!, backend, { x });
        const values = backend.readSync(x.dataId) as Float32Array;
        await expectClose(backend.readSync(y.dataId) as Float32Array, values.map(Math.tanh), {
          absolute: 2e-7,
        });
        for (const { dataId } of [x, y]) backend.disposeData(dataId);
      }
      expect(backend.memory().arenaBytes).toBe(before);
    });
  });
}
