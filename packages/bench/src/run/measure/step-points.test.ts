import { expect, it } from 'vitest';
import { stepPoints } from './step-points';

it('keeps at most 200 points, all of them with a norm when that costs nothing', () => {
  for (const totalSteps of [1, 30, 200, 201, 1600, 99_999]) {
    const { pointEvery, normEvery } = stepPoints({ totalSteps, parameters: 1e6, stepFlops: 1e12 });
    expect(Math.floor(totalSteps / pointEvery)).toBeLessThanOrEqual(200);
    expect(normEvery).toBe(1);
  }
});

it('measures the norm so rarely that it costs 1 %, at points if it can', () => {
  const wide = { parameters: 12_600_000, stepFlops: 9.4e9 }; // dense layers: 16 · 12.6e6 / (0.01 · 9.4e9) = 2.1
  expect(stepPoints({ totalSteps: 200, ...wide })).toEqual({ pointEvery: 1, normEvery: 3 });
  expect(stepPoints({ totalSteps: 400, ...wide })).toEqual({ pointEvery: 2, normEvery: 4 });
  expect(stepPoints({ totalSteps: 1600, ...wide })).toEqual({ pointEvery: 8, normEvery: 4 });
  expect(stepPoints({ totalSteps: 1400, ...wide })).toEqual({ pointEvery: 7, normEvery: 7 });
});
