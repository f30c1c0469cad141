import { expect, it } from 'vitest';
import { adapterText, isSoftware } from './software-adapter';

it.each([
  [{ vendor: 'google', architecture: 'swiftshader' }, true],
  [{ vendor: 'mesa', description: 'llvmpipe (LLVM 19)' }, true],
  [{ description: 'Microsoft Basic Render Driver' }, true],
  [{ vendor: 'intel', isFallbackAdapter: true }, true],
  [{ vendor: 'nvidia', architecture: 'hopper' }, false],
  [{}, false],
])('%j computes on the processor: %s', (info, expected) => {
  expect(isSoftware(info)).toBe(expected);
});

it('names an adapter by what it tells', () => {
  expect(adapterText({ vendor: 'nvidia', architecture: '', device: 'H200' })).toBe('nvidia H200');
});
