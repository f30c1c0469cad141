import type { TensorInfo } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import '../register';
import { randomTensor, relativeRms, runKernel, testedBackends } from '../../test/backends';
import { type MatMulCase, referenceMatMul } from '../../test/reference/mat-mul';
import { batchMatMul } from './batch-mat-mul';
import { fusedMatMul } from './fused-mat-mul';

const cases: MatMulCase[] = [
  { a: [1, 1], b: [1, 1] },
  { a: [3, 5], b: [5, 7] },
  { a: [1, 300], b: [300, 1] },
  { a: [1, 1030], b: [1030, 1101] },
  { a: [1, 3], b: [3, 130] },
  { a: [64, 640], b: [640, 256] },
  { a: [65, 641], b: [641, 257] },
  { a: [130, 1300], b: [1300, 70] },
  { a: [250, 128], b: [128, 10] },
  { a: [2, 3, 4, 5], b: [2, 3, 5, 6] },
  { a: [40, 17, 9], b: [40, 9, 13] },
  { a: [7, 4, 5], b: [1, 5, 6] },
  { a: [1, 4, 5], b: [7, 5, 6] },
  { a: [2, 1, 4, 5], b: [1, 3, 5, 6] },
  { a: [4, 5], b: [3, 5, 6] },
  { a: [0, 5], b: [5, 6] },
  { a: [4, 0], b: [0, 6] },
];
const flags = [false, true];
const tested = await testedBackends();
const swap = (shape: number[]): number[] => [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!];

for (const { name, backend } of tested) {
  describe(`BatchMatMul (${name})`, () => {
    for (const { a, b } of cases) {
      for (const transposeA of flags) {
        for (const transposeB of flags) {
          const product = {
            a: transposeA ? swap(a) : a,
            b: transposeB ? swap(b) : b,
            transposeA,
            transposeB,
          };
          it(`[${product.a}]${transposeA ? 'ᵀ' : ''} × [${product.b}]${transposeB ? 'ᵀ' : ''}`, () => {
            const before = backend.memory().arenaBytes;
            const x = randomTensor(backend, product.a, 1);
            const y = randomTensor(backend, product.b, 2);
            const out = runKernel(batchMatMul, backend, { a: x, b: y }, { transposeA, transposeB });
            const reference = referenceMatMul(values(x), values(y), product);
            expect(relativeRms(values(out), reference)).toBeLessThan(1e-6);
            for (const info of [x, y, out]) backend.disposeData(info.dataId);
            expect(backend.memory().arenaBytes).toBe(before);
          });
        }
      }
    }

    it('refuses inner dimensions that differ', () => {
      const x = randomTensor(backend, [2, 3]);
      const attrs = { transposeA: false, transposeB: false };
      expect(() => runKernel(batchMatMul, backend, { a: x, b: x }, attrs)).toThrow(/inner shapes/);
    });

    it('refuses a vector', () => {
      const x = randomTensor(backend, [2, 2]);
      const v = randomTensor(backend, [2]);
      const attrs = { transposeA: false, transposeB: false };
      expect(() => runKernel(batchMatMul, backend, { a: x, b: v }, attrs)).toThrow(/rank 2/);
    });

    it('multiplies int32 on the CPU kernel', () => {
      const x = backend.makeTensorInfo([2, 2], 'int32', new Int32Array([1, 2, 3, 4]));
      const out = runKernel(batchMatMul, backend, { a: x, b: x }, { transposeA: false, transposeB: false });
      expect(Array.from(values(out))).toEqual([7, 10, 15, 22]);
    });

    const activations: [string, (x: number) => number][] = [
      ['linear', (x) => x],
      ['relu', (x) => Math.max(0, x)],
      ['relu6', (x) => Math.min(6, Math.max(0, x))],
      ['leakyrelu', (x) => (x < 0 ? 0.3 * x : x)],
      ['elu', (x) => (x < 0 ? Math.expm1(x) : x)],
      ['sigmoid', (x) => 1 / (1 + Math.exp(-x))],
      ['prelu', (x) => (x < 0 ? 0.25 * x : x)],
    ];
    for (const [activation, apply] of activations) {
      it.each([
        [9, false],
        [1, false],
        [1, true],
      ] as const)(`fused with a bias and ${activation}, %i rows, transposed: %s`, (rows, transposeB) => {
        const product = { a: [rows, 33], b: transposeB ? [11, 33] : [33, 11], transposeB };
        const a = randomTensor(backend, product.a, 1);
        const b = randomTensor(backend, product.b, 2);
        const bias = randomTensor(backend, [11], 3);
        const preluActivationWeights = backend.makeTensorInfo([1], 'float32', new Float32Array([0.25]));
        const attrs = { transposeA: false, transposeB, activation, leakyreluAlpha: 0.3 };
        const inputs = { a, b, bias, preluActivationWeights };
        const out = runKernel(fusedMatMul, backend, inputs, attrs);
        const sums = referenceMatMul(values(a), values(b), product);
        const reference = sums.map((x, i) => apply(x + values(bias)[i % 11]!));
        expect(relativeRms(values(out), reference)).toBeLessThan(1e-6);
      });
    }

    it('lets a NaN through relu', () => {
      const a = backend.makeTensorInfo([1, 4], 'float32', new Float32Array([Number.NaN, 1, 1, 1]));
      const b = randomTensor(backend, [4, 8]);
      const attrs = { transposeA: false, transposeB: false, activation: 'relu' };
      expect(values(runKernel(fusedMatMul, backend, { a, b }, attrs))).toEqual(
        new Float32Array(8).fill(Number.NaN),
      );
    });

    const values = (info: TensorInfo): Float32Array => backend.readSync(info.dataId) as Float32Array;
  });
}

it('gives the same bits with one thread and with two', () => {
  const [one, two] = tested.map(({ backend }) => {
    const a = randomTensor(backend, [300, 700], 1);
    const b = randomTensor(backend, [700, 300], 2);
    const out = runKernel(batchMatMul, backend, { a, b }, { transposeA: false, transposeB: false });
    return backend.readSync(out.dataId);
  });
  expect(one).toEqual(two);
});
