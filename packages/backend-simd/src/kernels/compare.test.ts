import { expectClose } from '@tenfold/testing';
import type * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import '../register';
import { randomTensor, runKernel, testedBackends } from '../../test/backends';
import { broadcasts, extremes } from '../../test/reference/elementwise-cases';
import { fallback } from '../fallback';
import { comparisonKernels, select } from './compare';
import { limits } from './grain';
import { pow } from './pow';

beforeAll(() => {
  limits.small = 0;
});
afterAll(() => {
  limits.small = 64;
});

for (const { name, backend } of await testedBackends()) {
  const read = ({ dataId }: tf.TensorInfo) => Array.from(backend.readSync(dataId) as Float32Array);
  const coarse = (shape: number[], seed: number) => {
    const values = Float32Array.from(read(randomTensor(backend, shape, seed)), Math.round);
    return backend.makeTensorInfo(shape, 'float32', values);
  };
  const special = (shape: number[]) => backend.makeTensorInfo(shape, 'float32', Float32Array.from(extremes));

  describe(`comparisons (${name})`, () => {
    for (const kernel of comparisonKernels) {
      it(`${kernel.kernelName} agrees with tfjs, ties and NaN included`, () => {
        const before = backend.memory().arenaBytes;
        const pairs = broadcasts.map(([a, b]) => [coarse(a, 1), coarse(b, 2)] as const);
        pairs.push([special([extremes.length, 1]), special([extremes.length])]);
        pairs.push([coarse([300, 401], 1), coarse([401], 2)], [coarse([100_003], 1), coarse([], 2)]);
        for (const [a, b] of pairs) {
          const out = runKernel(kernel, backend, { a, b });
          const want = fallback(kernel.kernelName)({ inputs: { a, b }, backend, attrs: {} }) as tf.TensorInfo;
          expect([out.dtype, out.shape]).toEqual(['bool', want.shape]);
          expect(read(out), `[${a.shape}] [${b.shape}]`).toEqual(read(want));
          for (const { dataId } of [a, b, out, want]) backend.disposeData(dataId);
        }
        expect(backend.memory().arenaBytes).toBe(before);
      });
    }

    it('Select takes each element from the correct side', () => {
      for (const size of [1, 2, 3, 4, 5, 7, 64, 1000, 100_003]) {
        const [t, e] = [randomTensor(backend, [size], 1), randomTensor(backend, [size], 2)];
        const bits = Uint8Array.from({ length: size }, (_, i) => Number(i % 3 === 0 || i % 7 === 2));
        const condition = backend.makeTensorInfo([size], 'bool', bits);
        const out = read(runKernel(select, backend, { condition, t, e }));
        const [a, b] = [read(t), read(e)];
        expect(out).toEqual(a!.map((v, i) => (bits[i] ? v : b![i]!)));
      }
    });

    for (const exponent of [-1, 0.5, 1.5, 2, 3, 2.5]) {
      it(`Pow ${exponent}`, async () => {
        const a = special([extremes.length]);
        const b = backend.makeTensorInfo([], 'float32', Float32Array.from([exponent]));
        const want = extremes.map((x) => Math.fround(Math.fround(x) ** exponent));
        await expectClose(read(runKernel(pow, backend, { a, b })), want, { absolute: 1e-44, relative: 2e-7 });
      });
    }
  });
}
