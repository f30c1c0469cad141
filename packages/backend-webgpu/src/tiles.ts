/** How a matrix product is shared out: values of the result that a thread computes, and how much of the sum is held at a time. */
export interface Tile {
  /** Rows of the result for each of the eight threads of a column. */
  high: 4 | 8;
  /** Columns of the result for each of the eight threads of a row. */
  wide: 4 | 8;
  /** Steps of the sum whose operands are in workgroup memory at a time. */
  depth: 8 | 16;
}

/** Threads of a workgroup along a side of its part of the result. */
export const SIDE = 8;

/** All tiles; with any of them a product has the same bits, since every sum is added up in the same order. */
export const TILES: readonly Tile[] = ([4, 8] as const).flatMap((high) =>
  ([4, 8] as const).flatMap((wide) => ([8, 16] as const).map((depth) => ({ high, wide, depth }))),
);

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
  /** Parts that the sum is split into, each with workgroups of its own. */
  splits: number;
}

/** Without a measurement: 64 by 64 results a workgroup, 32 along a side that has no more. */
export const fixedTile = ({ rows, columns }: Pick<TiledSize, 'rows' | 'columns'>): Tile => ({
  high: rows > 32 ? 8 : 4,
  wide: columns > 32 ? 8 : 4,
  depth: 16,
});

/** Workgroups down and across that a tile needs. */
export const tilesOf = (
  { high, wide }: Pick<Tile, 'high' | 'wide'>,
  { rows, columns }: Pick<TiledSize, 'rows' | 'columns'>,
): [down: number, across: number] => [Math.ceil(rows / (high * SIDE)), Math.ceil(columns / (wide * SIDE))];

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
  const costs = measured.get(device);
  if (!costs) return fixedTile(size);
  return costs.reduce((best, cost) =>
    predictSeconds(cost, size) < predictSeconds(best, size) ? cost : best,
  );
}
