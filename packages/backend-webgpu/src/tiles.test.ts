import { describe, expect, it } from 'vitest';
import { chooseTile, fixedTile, predictSeconds, setTileCosts, TILES, type TileCost } from './tiles';

const cost = (of: Partial<TileCost>): TileCost => ({
  high: 8,
  wide: 8,
  depth: 16,
  alone: 1e-7,
  crowded: 1e-9,
  ...of,
});
const size = { rows: 64, columns: 64, depth: 100, splits: 1 };

describe('tiles', () => {
  it('are fixed where nothing was measured', () => {
    expect(fixedTile({ rows: 33, columns: 32 })).toEqual({ high: 8, wide: 4, depth: 16 });
    expect(chooseTile({}, size)).toEqual(fixedTile(size));
    expect(TILES).toHaveLength(8);
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
      cost({ high: 4, wide: 4, alone: 0.5e-7, crowded: 0.5e-9 }),
      cost({ high: 8, wide: 8, alone: 1e-7, crowded: 1e-9 }),
    ];
    const device = {};
    setTileCosts(device, [small, large]);
    expect(chooseTile(device, size)).toBe(small);
    expect(chooseTile(device, { ...size, rows: 4096, columns: 4096 })).toBe(large);
    expect(chooseTile({}, size)).toEqual(fixedTile(size));
  });
});
