import { createRng } from '@tenfold/random';
import { expect, it } from 'vitest';
import { sampleBeta } from './sample-beta';

it.each([0.05, 0.2, 0.8, 1, 2.5])('has the moments of the beta distribution: α = %f', (alpha) => {
  const rng = createRng(1);
  const n = 40_000;
  const values = Array.from({ length: n }, () => sampleBeta(rng, alpha));
  const mean = values.reduce((sum, value) => sum + value) / n;
  const moment = (k: number) => values.reduce((sum, value) => sum + (value - mean) ** k, 0) / n;
  expect(mean).toBeCloseTo(0.5, 1.9);
  // Variance 1/(4(2α + 1)); fourth moment 3/(16(2α + 1)(2α + 3)).
  expect(moment(2) * 4 * (2 * alpha + 1)).toBeCloseTo(1, 1.5);
  expect((moment(4) * 16 * (2 * alpha + 1) * (2 * alpha + 3)) / 3).toBeCloseTo(1, 1.3);
  expect(values.every((value) => value >= 0 && value <= 1)).toBe(true);
});

it('returns numbers for the smallest α', () => {
  const rng = createRng(2);
  for (let i = 0; i < 100; i++) {
    const value = sampleBeta(rng, 1e-4);
    expect(Math.min(value, 1 - value)).toBeLessThan(0.01);
  }
});
