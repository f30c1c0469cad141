import type { TensorInfo } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import '../register';
import { randomTensor, runKernel, testedBackends } from '../../test/backends';
import { batchMatMul } from './batch-mat-mul';
import { fusedMatMul } from './fused-mat-mul';

const tested = await testedBackends();
// Values are tested in cases.test.ts.
for (const { name, backend } of tested) {
  describe(`BatchMatMul (${name})`, () => {
    it('rejects inner dimensions that differ', () => {
      const x = randomTensor(backend, [2, 3]);
      const attrs = { transposeA: false, transposeB: false };
      expect(() => runKernel(batchMatMul, backend, { a: x, b: x }, attrs)).toThrow(/inner shapes/);
    });

    it('rejects a vector', () => {
      const x = randomTensor(backend, [2, 2]);
      const v = randomTensor(backend, [2]);
      const attrs = { transposeA: false, transposeB: false };
      expect(() => runKernel(batchMatMul, backend, { a: x, b: v }, attrs)).toThrow(/rank 2/);
    });

    it('multiplies int32 with the CPU kernel', () => {
      const x = backend.makeTensorInfo([2, 2], 'int32', new Int32Array([1, 2, 3, 4]));
      const out = runKernel(batchMatMul, backend, { a: x, b: x }, { transposeA: false, transposeB: false });
      expect(Array.from(values(out))).toEqual([7, 10, 15, 22]);
    });

    it('passes NaN through relu', () => {
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
