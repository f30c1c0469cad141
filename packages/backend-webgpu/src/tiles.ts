/** How a matrix product is shared out: values of the result that a thread computes, and how much of the sum is held at a time. */
export interface Tile {
  /** Threads side by side in a workgroup; one below the other there are {@link THREADS} divided by them. */
  across: 2 | 4 | 8;
  /** Rows of the result for each thread. */
  high: 4 | 8;
  /** Columns of the result for each thread. */
  wide: 4 | 8 | 12;
  /** Steps of the sum whose operands are in workgroup memory at a time. */
  depth: 4 | 8 | 16;
}

/** Threads of a workgroup. */
export const THREADS = 64;

/** 128 rows by 32 columns: a thread reuses what it reads as often as with 64 by 64, where the result is narrow. */
const TALL: Tile = { across: 4, high: 8, wide: 8, depth: 8 };
/** 256 rows by 24 columns, as many as whitened images have channels. The right operand must lie along the depth. */
const SLIM: Tile = { across: 2, high: 8, wide: 12, depth: 4 };

/** All tiles; with any of them a product has the same bits, since every sum is added up in the same order. */
export const TILES: readonly Tile[] = [
  ...([4, 8] as const).flatMap((high) =>
    ([4, 8] as const).flatMap((wide) =>
      ([8, 16] as const).map((depth) => ({ across: 8 as const, high, wide, depth })),
    ),
  ),
  TALL,
  SLIM,
];

/** Rows and columns of the result that a workgroup computes. */
export const sizeOf = ({ across, high, wide }: Omit<Tile, 'depth'>): { rows: number; columns: number } => ({
  rows: (THREADS / across) * high,
  columns: across * wide,
});

/** Whether a tile can share out a product whose right operand is read along this index. */
export const takes = ({ wide }: Tile, along: TiledSize['along']): boolean => wide !== 12 || along === 'depth';

/** What a tile costs on a device, in seconds for each step of the sum. */
export interface TileCost extends Tile {
  /** Of a workgroup that has the device for itself: how long a step takes, however few there are. */
  alone: number;
  /** Of a workgroup among many: its share of a device that is full. */
  crowded: number;
}

/** The size of a result, and of the sum that a workgroup adds up for it. */
export interface TiledSize {
  rows: number;
  columns: number;
  depth: number;
  /** Parts that the sum is split into, each with separate workgroups. */
  splits: number;
  /** Along which index the right operand is read. */
  along: 'outer' | 'depth';
}

/** Without a measurement: 64 by 64 results a workgroup, 32 along a side that has no more, taller ones for narrow results. */
export function fixedTile({ rows, columns, along }: Pick<TiledSize, 'rows' | 'columns' | 'along'>): Tile {
  if (rows >= 256 && columns > 16 && columns <= 24 && along === 'depth') return SLIM;
  if (rows >= 128 && columns > 16 && columns <= 32) return TALL;
  return { across: 8, high: rows > 32 ? 8 : 4, wide: columns > 32 ? 8 : 4, depth: 16 };
}

/** Workgroups down and across that a tile needs. */
export function tilesOf(
  tile: Omit<Tile, 'depth'>,
  { rows, columns }: Pick<TiledSize, 'rows' | 'columns'>,
): [down: number, across: number] {
  const size = sizeOf(tile);
  return [Math.ceil(rows / size.rows), Math.ceil(columns / size.columns)];
}

/**
 * The time of a product by the roofline of a tile: few workgroups take as long as one, many share the device.
 *
 * t = depth · max(alone, workgroups · crowded)
 *
 * Memory is no part of it: results and operands are the same bytes for every tile, and what is read again comes from caches
 * that the measured costs include.
 */
export function predictSeconds(cost: TileCost, size: TiledSize): number {
  const [down, across] = tilesOf(cost, size);
  return size.depth * Math.max(cost.alone, down * across * size.splits * cost.crowded);
}

const measured = new WeakMap<object, readonly TileCost[]>();

/** Has the products of a device use what was measured on it; with nothing they are fixed again. */
export const setTileCosts = (device: object, costs: readonly TileCost[]): void => {
  if (costs.length > 0) measured.set(device, costs);
  else measured.delete(device);
};

/** The tile for a product: the fastest by what was measured on the device, else {@link fixedTile}. */
export function chooseTile(device: object, size: TiledSize): Tile {
  const costs = (measured.get(device) ?? []).filter((cost) => takes(cost, size.along));
  if (costs.length === 0) return fixedTile(size);
  return costs.reduce((best, cost) =>
    predictSeconds(cost, size) < predictSeconds(best, size) ? cost : best,
  );
}
