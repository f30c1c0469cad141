import { unaryFunctions as functions } from '@tenfold/kernel-cases';
import { expectClose } from '@tenfold/testing';
import type { KernelConfig } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import '../register';
import { randomTensor, runKernel, testedBackends } from '../../test/backends';
import { extremes, sizes } from '../../test/reference/elementwise-cases';
import { limits } from './grain';
import { unaryKernels } from './unary';

const tested = await testedBackends();
beforeAll(() => {
  limits.small = 0;
});
afterAll(() => {
  limits.small = 64;
});

/** The distance of adjacent floats at y. */
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

it('has a reference for every kernel', () => {
  expect(Object.keys(functions).sort()).toEqual(unaryKernels.map(({ kernelName }) => kernelName).sort());
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
      it(`${kernel.kernelName} is correct at the extremes and within ${ulps} ulp between them`, () => {
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
