import { packageNames, readPackages } from '@tenfold/generate/api.mjs';
import { expect, it } from 'vitest';

const names = packageNames();
const { findUndocumented } = readPackages(names);
// The results of the bench are files, which its JSON schema describes.
const isResult = (name: string) => /^(?!\w*Options\.)[A-Z]/.test(name);

it.each(names)('%s has a docstring for every export and for every property of its types', (name) => {
  const missing = findUndocumented(name);
  expect(name === 'bench' ? missing.filter((entry) => !isResult(entry)) : missing).toEqual([]);
});
