import { expect, it } from 'vitest';
import { computeSpread, percentSpread, secondsSpread } from './spread';

it('is the mean and the sample standard deviation of the numbers that are finite', () => {
  expect(computeSpread([2, 4, 4, 4, 5, 5, 7, 9, null, Number.NaN, undefined])).toEqual({
    mean: 5,
    deviation: expect.closeTo(Math.sqrt(32 / 7), 12),
    count: 8,
  });
  expect(computeSpread([3])).toEqual({ mean: 3, deviation: null, count: 1 });
  expect(computeSpread([null])).toBeUndefined();
});

it('is written with a deviation where there is one', () => {
  expect(percentSpread(computeSpread([0.924, 0.926]))).toBe('92.50 ± 0.14 %');
  expect(percentSpread(computeSpread([0.924]))).toBe('92.40 %');
  expect(percentSpread(undefined)).toBe('–');
  expect(secondsSpread(computeSpread([60, 80]))).toBe('1 min 10 s ± 14.1 s');
  expect(secondsSpread(computeSpread([60]))).toBe('1 min 0 s');
});
