import { checkCase, kernelRows, runnableCases } from '@tenfold/kernel-cases';
import { describe, it } from 'vitest';
import { adapterOf, testedBackends } from '../../test/backends';
import '../register';

const cases = kernelRows.flatMap(runnableCases).filter(({ speed }) => !speed);

// Every kernel of the table, on every variant and number of threads, in guarded memory.
describe.each(await testedBackends())('$name', ({ backend }) => {
  it.each(cases)('$kernel $name', (one) => checkCase(adapterOf(backend), one));
});
