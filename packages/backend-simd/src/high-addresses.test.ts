import { checkCase, kernelRows, runnableCases } from '@tenfold/kernel-cases';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAdapter, runKernel } from '../test/backends';
import { SimdBackend } from './backend';
import { limits } from './kernels/grain';
import { reductionKernels } from './kernels/reduce';
import './register';
import { createRuntime } from './runtime';

const gibibyte = 2 ** 30;
const cases = kernelRows.filter(({ gpuOnly }) => !gpuOnly).flatMap(runnableCases);
const backend = new SimdBackend(createRuntime({ threads: 2 }));
const { small } = limits;

beforeAll(() => {
  // Never touched, so that it takes addresses and no memory.
  backend.runtime.arena.allocate(2.25 * gibibyte);
  limits.small = 0;
});
afterAll(() => {
  limits.small = small;
  backend.dispose();
});

// Addresses above 2 GiB are negative where one is taken for a signed number.
describe('tensors above 2 GiB', () => {
  it.each(cases)('$kernel $name', (one) => checkCase(createAdapter(backend), one));

  it('are read to the end where one has more than 2³⁰ bytes', () => {
    const shape = [5, 2 ** 26];
    const x = backend.output(shape);
    expect(backend.pointer(x)).toBeGreaterThan(2 * gibibyte);
    const values = backend.data.get(x.dataId).values as Float32Array;
    values.fill(1, values.length - 3);
    const sum = reductionKernels.find(({ kernelName }) => kernelName === 'Sum')!;
    const sums = runKernel(sum, backend, { x }, { axis: [1], keepDims: false });
    expect([...(backend.readSync(sums.dataId) as Float32Array)]).toEqual([0, 0, 0, 0, 3]);
  });
});
