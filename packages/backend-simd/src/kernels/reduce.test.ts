import { expectClose } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import '../register';
import { randomTensor, runKernel, testedBackends } from '../../test/backends';
import { extremes } from '../../test/reference/elementwise-cases';
import { fallback } from '../fallback';
import { limits } from './grain';
import { reductionKernels } from './reduce';

// Values are tested in cases.test.ts.
const foldMax = (a: number, b: number): number => (Number.isNaN(b) || b > a ? b : a);
const foldMin = (a: number, b: number): number => (Number.isNaN(b) || b < a ? b : a);
const find = (name: string) => reductionKernels.find(({ kernelName }) => kernelName === name)!;
const tested = await testedBackends();
beforeAll(() => {
  limits.small = 0;
});
afterAll(() => {
  limits.small = 64;
});

for (const { name, backend } of tested) {
  const read = ({ dataId }: tf.TensorInfo) => backend.readSync(dataId) as Float32Array;
  describe(`reductions (${name})`, () => {
    it('adds ten million numbers of the same sign to within 1e-6', () => {
      const x = backend.makeTensorInfo([10_000_000], 'float32', new Float32Array(10_000_000).fill(0.1));
      const out = runKernel(find('Sum'), backend, { x }, { axis: [0] });
      expect(Math.abs(read(out)[0]! / (Math.fround(0.1) * 1e7) - 1)).toBeLessThan(1e-6);
      for (const { dataId } of [x, out]) backend.disposeData(dataId);
    });

    for (const kernelName of ['Max', 'Min']) {
      it(`${kernelName} passes NaN and infinities through, along rows and columns`, async () => {
        for (const special of [NaN, Infinity, -Infinity]) {
          for (const at of [0, 5, 39, 40]) {
            const values = read(randomTensor(backend, [41]));
            values[at] = special;
            const row = backend.makeTensorInfo([1, 41], 'float32', values);
            const column = backend.makeTensorInfo([41, 1], 'float32', values);
            const wide = backend.makeTensorInfo(
              [41, 2],
              'float32',
              Float32Array.from({ length: 82 }, (_, i) => values[i >> 1]!),
            );
            const want = values.reduce(kernelName === 'Max' ? foldMax : foldMin);
            for (const [x, axis] of [
              [row, 1],
              [column, 0],
              [wide, 0],
            ] as const) {
              const out = runKernel(find(kernelName), backend, { x }, { reductionIndices: axis });
              await expectClose(read(out), new Array(read(out).length).fill(want));
            }
          }
        }
      });
    }

    for (const kernelName of ['ArgMax', 'ArgMin']) {
      it(`${kernelName} agrees with tfjs, including ties and NaN`, async () => {
        const shapes = [
          [1],
          [3],
          [4],
          [5],
          [17],
          [64],
          [1000],
          [7, 9],
          [9, 7],
          [3, 4, 5],
          [300, 10],
          [5, 300],
        ];
        for (const shape of shapes) {
          const size = tf.util.sizeFromShape(shape);
          const random = read(randomTensor(backend, [size]));
          const coarse = random.map((v) => Math.round(v));
          const special = random.map((v, i) => (i % 3 ? v : extremes[i % extremes.length]!));
          for (const values of [random, coarse, special]) {
            for (let axis = 0; axis < shape.length; axis++) {
              const inputs = { x: backend.makeTensorInfo(shape, 'float32', values) };
              const out = runKernel(find(kernelName), backend, inputs, { axis });
              const want = fallback(kernelName)({ inputs, backend, attrs: { axis } }) as tf.TensorInfo;
              expect(out.dtype).toBe('int32');
              expect(out.shape).toEqual(want.shape);
              expect(Array.from(read(out))).toEqual(Array.from(read(want)));
            }
          }
        }
      });
    }
  });
}

it('gives the same sum with one thread and with two', () => {
  const sums = tested.map(({ backend }) => {
    const x = randomTensor(backend, [3000, 67]);
    return Array.from(
      backend.readSync(runKernel(find('Sum'), backend, { x }, { axis: [0] }).dataId) as Float32Array,
    );
  });
  expect(sums[1]).toEqual(sums[0]);
});
