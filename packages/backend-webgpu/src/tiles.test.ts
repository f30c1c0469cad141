import { describe, expect, it } from 'vitest';
import { chooseTile, fixedTile, predictSeconds, setTileCosts, TILES, type TileCost, tileSize } from './tiles';

const cost = (choose: Partial<TileCost>): TileCost => ({
  threadsN: 8,
  tileM: 8,
  tileN: 8,
  depth: 16,
  alone: 1e-7,
  crowded: 1e-9,
  ...choose,
});
const size = { rows: 64, columns: 64, depth: 100, splits: 1, contiguous: 'mn' } as const;

describe('tiles', () => {
  it('are fixed where nothing was measured', () => {
    const choose = (rows: number, columns: number, contiguous: 'mn' | 'k' = 'mn') => {
      const tile = fixedTile({ rows, columns, contiguous });
      return [...Object.values(tileSize(tile)), tile.depth];
    };
    expect(choose(33, 33)).toEqual([64, 64, 16]);
    expect(choose(33, 32)).toEqual([64, 32, 16]);
    expect(choose(128, 32)).toEqual([128, 32, 8]);
    expect(choose(256, 24)).toEqual([128, 32, 8]);
    expect(choose(256, 24, 'k')).toEqual([256, 24, 4]);
    expect(choose(256, 16, 'k')).toEqual([64, 32, 16]);
    expect(chooseTile({}, size)).toEqual(fixedTile(size));
    expect(TILES).toHaveLength(10);
    const short = chooseTile({}, size, { isSoftware: true });
    expect([...Object.values(tileSize(short)), short.depth]).toEqual([32, 32, 8]);
  });

  it('cost what one workgroup takes, or what all share', () => {
    expect(predictSeconds(cost({}), size)).toBeCloseTo(1e-5, 12);
    const large = { ...size, rows: 640, columns: 6400 };
    expect(predictSeconds(cost({}), large)).toBeCloseTo(100 * 1000 * 1e-9, 12);
    expect(predictSeconds(cost({}), { ...large, splits: 3 })).toBeCloseTo(3 * 100 * 1000 * 1e-9, 12);
    // Part of a tile is a whole one.
    expect(predictSeconds(cost({}), { ...large, rows: 641 })).toBeCloseTo(100 * 1100 * 1e-9, 12);
  });

  it('are small where the device is not full, and large where it is', () => {
    const [small, large] = [
      cost({ tileM: 4, tileN: 4, alone: 0.5e-7, crowded: 0.5e-9 }),
      cost({ tileM: 8, tileN: 8, alone: 1e-7, crowded: 1e-9 }),
    ];
    const device = {};
    setTileCosts(device, [small, large]);
    expect(chooseTile(device, size)).toBe(small);
    expect(chooseTile(device, { ...size, rows: 4096, columns: 4096 })).toBe(large);
    expect(chooseTile({}, size)).toEqual(fixedTile(size));
  });

  it('are only those that take the operand', () => {
    const slim = cost({ threadsN: 2, tileN: 12, depth: 4, alone: 1e-9, crowded: 1e-11 });
    const device = {};
    setTileCosts(device, [slim, cost({})]);
    expect(chooseTile(device, { ...size, contiguous: 'k' })).toBe(slim);
    expect(chooseTile(device, size)).toEqual(cost({}));
  });
});
