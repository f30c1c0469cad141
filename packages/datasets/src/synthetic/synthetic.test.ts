import { describe, expect, it } from 'vitest';
import { blobs } from './blobs';
import { spirals } from './spirals';
import { twoMoons } from './two-moons';
import type { VectorSet } from './vector-set';

const sets: Record<string, (options: { count: number; seed?: number }) => VectorSet> = {
  blobs,
  spirals,
  twoMoons,
};
const point = ({ points, features }: VectorSet, i: number) => [
  ...points.subarray(i * features, (i + 1) * features),
];

describe.each(Object.entries(sets))('%s', (name, make) => {
  it('has its sizes and the same number of points of each class', () => {
    const set = make({ count: 31 });
    expect(set).toMatchObject({ count: 31, features: 2 });
    expect(set.points).toHaveLength(62);
    expect(set.points.every(Number.isFinite)).toBe(true);
    for (let label = 0; label < set.classes; label++) {
      const times = set.labels.filter((l) => l === label).length;
      expect(times).toBeGreaterThanOrEqual(Math.floor(31 / set.classes));
    }
    expect(Math.max(...set.labels)).toBe(set.classes - 1);
  });

  it('depends on the seed', () => {
    expect(make({ count: 20, seed: 1 })).toEqual(make({ count: 20, seed: 1 }));
    expect(make({ count: 20, seed: 1 }).points).not.toEqual(make({ count: 20, seed: 2 }).points);
  });

  it('rejects more points than fit into memory, before it takes any', () => {
    expect(() => make({ count: 2 ** 31 - 1 })).toThrow(
      `${name}: 2147483647 points of 2 features are 4294967294 numbers; give at most 268435456`,
    );
  });

  it('rejects invalid counts', () => {
    expect(() => make({ count: 0 })).toThrow(`${name}: count is 0; give an integer of at least 1`);
  });
});

describe('blobs', () => {
  it('scatters by `spread` around centers that do not depend on the number of points', () => {
    const set = blobs({ count: 3000, classes: 3, features: 4, spread: 0.5, seed: 2 });
    const exact = blobs({ count: 3, classes: 3, features: 4, spread: 0, seed: 2 });
    for (let label = 0; label < 3; label++) {
      for (let f = 0; f < 4; f++) {
        const center = point(exact, label)[f]!;
        const off = Array.from({ length: 1000 }, (_, i) => point(set, 3 * i + label)[f]! - center);
        expect(off.reduce((s, v) => s + v, 0) / 1000).toBeCloseTo(0, 1);
        expect(Math.sqrt(off.reduce((s, v) => s + v * v, 0) / 1000)).toBeCloseTo(0.5, 1);
        expect(Math.abs(center)).toBeLessThanOrEqual(10);
      }
    }
  });

  it('rejects invalid options', () => {
    expect(() => blobs({ count: 1, features: 0 })).toThrow(/^blobs: features is 0/);
    expect(() => blobs({ count: 1, classes: 0 })).toThrow(/^blobs: classes is 0/);
    expect(() => blobs({ count: 1, classes: 2 ** 31 - 1 })).toThrow(
      /^blobs: the centers of 2147483647 classes with 2 features are 4294967294 numbers; give at most/,
    );
    expect(() => blobs({ count: 2 ** 15, features: 2 ** 15 })).toThrow(
      /^blobs: 32768 points of 32768 features/,
    );
    expect(() => blobs({ count: 1, spread: -1 })).toThrow(/^blobs: spread is -1/);
  });
});

describe('spirals', () => {
  it('puts points on their arms without noise', () => {
    const set = spirals({ count: 60, classes: 3, turns: 1.5, noise: 0 });
    for (let i = 0; i < 60; i++) {
      const [x, y] = point(set, i) as [number, number];
      const radius = Math.hypot(x, y);
      expect(radius).toBeLessThanOrEqual(1);
      const angle = 2 * Math.PI * (1.5 * radius + set.labels[i]! / 3);
      expect(x).toBeCloseTo(radius * Math.cos(angle), 5);
      expect(y).toBeCloseTo(radius * Math.sin(angle), 5);
    }
  });
});

describe('twoMoons', () => {
  it('puts points on the two half circles without noise', () => {
    const set = twoMoons({ count: 60, noise: 0 });
    for (let i = 0; i < 60; i++) {
      const [x, y] = point(set, i) as [number, number];
      const lower = set.labels[i] === 1;
      expect(Math.hypot(x - (lower ? 1 : 0), y - (lower ? 0.5 : 0))).toBeCloseTo(1, 5);
      expect(lower ? y <= 0.5 : y >= 0).toBe(true);
    }
  });
});
