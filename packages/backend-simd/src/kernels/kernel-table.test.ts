import { kernelRows, runnableCases } from '@tenfold/kernel-cases';
import { expect, it } from 'vitest';
import { kernels } from './index';

it('has every kernel of the case table', () => {
  const names = kernels.map(({ kernelName }) => kernelName);
  const tried = new Set(
    kernelRows
      .filter(({ gpuOnly }) => !gpuOnly)
      .flatMap(runnableCases)
      .map(({ kernel }) => kernel),
  );
  expect(names).toEqual(expect.arrayContaining([...tried]));
});
