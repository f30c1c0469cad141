import { kernelRows, runnableCases } from '@tenfold/kernel-cases';
import { expect, it } from 'vitest';
import { kernels } from './index';

it('has every kernel of the case table but three, which tfjs computes', () => {
  const names = new Set(kernels.map(({ kernelName }) => kernelName));
  const tried = new Set(
    kernelRows
      .filter(({ gpuOnly }) => !gpuOnly)
      .flatMap(runnableCases)
      .map(({ kernel }) => kernel),
  );
  expect([...tried].filter((name) => !names.has(name)).sort()).toEqual(['All', 'Any', 'Prod']);
});
