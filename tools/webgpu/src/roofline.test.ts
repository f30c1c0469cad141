import { expect, it } from 'vitest';
import { type Gpu, predict } from './roofline';

const gpu: Gpu = {
  name: 'a GPU',
  teraflops: 1,
  bandwidth: 100,
  productEfficiency: 0.5,
  memoryEfficiency: 0.5,
  dispatchMicroseconds: 10,
};

it('takes arithmetic or movement, whichever is longer, kernel by kernel', () => {
  const product = { name: 'product', dispatches: 1, flops: 2e9, bytes: 1e6 };
  const copy = { name: 'copy', dispatches: 1, flops: 0, bytes: 1e8 };
  expect(predict(gpu, [product])).toEqual({ bound: 2, step: 4 });
  expect(predict(gpu, [copy])).toEqual({ bound: 1, step: 2 });
  expect(predict(gpu, [product, copy])).toEqual({ bound: 3, step: 6 });
});

it('is no faster than the dispatches', () => {
  const tiny = { name: 'tiny', dispatches: 500, flops: 1, bytes: 4 };
  expect(predict(gpu, [tiny]).step).toBe(5);
});
