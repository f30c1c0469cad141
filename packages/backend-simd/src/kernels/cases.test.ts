import { checkCase, kernelRows, runnableCases } from '@tenfold/kernel-cases';
import { describe, it } from 'vitest';
import { adapterOf, testedBackends } from '../../test/backends';
import '../register';

const cases = kernelRows.flatMap(runnableCases).filter(({ speed }) => !speed);

const backends = await testedBackends();

// Every kernel of the table, on every variant and number of threads, in guarded memory.
describe.each(cases)('$kernel $name', (one) => {
  it.each(backends)('$name', ({ backend }) => checkCase(adapterOf(backend), one));
});
