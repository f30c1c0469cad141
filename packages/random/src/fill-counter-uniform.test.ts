import { describe, expect, it } from 'vitest';
import { fillCounterUniform } from './index';

const fill = (n: number, key: readonly [number, number]) => fillCounterUniform(new Float32Array(n), key);

describe('fillCounterUniform', () => {
  it('gives the same numbers in every release', () => {
    // Recorded from this implementation: a different stream would silently change every seeded run.
    expect([...fill(4, [1, 2])].map((u) => u * 2 ** 24)).toMatchInlineSnapshot(`
      [
        2594507,
        3208387,
        715789,
        2943825,
      ]
    `);
  });

  it('gives every index the same number for any length', () => {
    expect([...fill(10, [7, 9])]).toEqual([...fill(1000, [7, 9]).subarray(0, 10)]);
    expect([...fill(10, [7, 9])]).not.toEqual([...fill(10, [9, 7])]);
    expect(fill(0, [7, 9])).toHaveLength(0);
  });

  it.each([
    [0, 0],
    [1, 2],
    [0xffffffff, 0x80000000],
  ] as const)('is uniform in [0, 1) for the key [%i, %i]', (...key) => {
    const n = 200_000;
    const values = fill(n, key);
    const counts = new Array<number>(100).fill(0);
    for (const v of values) counts[Math.floor(v * 100)]!++;
    // Chi-squared of 100 cells: 99.99 % point.
    expect(counts.reduce((sum, c) => sum + (c - n / 100) ** 2 / (n / 100), 0)).toBeLessThan(161);
    expect(Math.min(...values.slice(0, 1000))).toBeGreaterThanOrEqual(0);
    expect(values.every((v) => v < 1 && Number.isInteger(v * 2 ** 24))).toBe(true);
  });

  it('has no correlation between neighboring numbers or keys', () => {
    const n = 100_000;
    const values = fill(n, [3, 4]);
    const correlation = (a: Float32Array, b: Float32Array) =>
      (12 * a.reduce((sum, v, i) => sum + (v - 0.5) * (b[i]! - 0.5), 0)) / a.length;
    for (const distance of [1, 2, 3, 64, 2048]) {
      const [head, tail] = [values.subarray(0, n - distance), values.subarray(distance)];
      expect(Math.abs(correlation(head, tail))).toBeLessThan(5 / Math.sqrt(n));
    }
    for (const key of [
      [2, 4],
      [3, 5],
      [4, 3],
    ] as const) {
      expect(Math.abs(correlation(values, fill(n, key)))).toBeLessThan(5 / Math.sqrt(n));
    }
  });
});
