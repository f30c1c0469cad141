import { checkCase, emptyCases, kernelRows, runnableCases } from '@tenfold/kernel-cases';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { createAdapter, testedBackends } from '../../test/backends';
import '../register';
import { limits } from './grain';

const cases = kernelRows
  .filter(({ gpuOnly }) => !gpuOnly)
  .flatMap((row) => [...runnableCases(row), ...emptyCases(row)]);

const backends = await testedBackends();

// Here small tensors run in wasm too.
const { small } = limits;
beforeAll(() => {
  limits.small = 0;
});
afterAll(() => {
  limits.small = small;
});

// Every kernel of the table, on every variant and number of threads, in guarded memory.
describe.each(cases)('$kernel $name', (one) => {
  it.each(backends)('$name', ({ backend }) => checkCase(createAdapter(backend), one));
});
