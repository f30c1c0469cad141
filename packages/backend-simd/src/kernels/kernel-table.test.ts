import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { kernelRows, runnableCases } from '@tenfold/kernel-cases';
import { expect, it } from 'vitest';
import { kernels } from './index';

it('has the table of KERNELS.md from the case table', () => {
  const script = fileURLToPath(new URL('../../../../tools/kernel-cases/write-tables.mjs', import.meta.url));
  expect(execFileSync(process.execPath, [script, '--check'], { encoding: 'utf8' })).toBe('');
});

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
