/** How a matrix product is divided: the results per thread, and how much of the sum is in workgroup memory at a time. */
export interface Tile {
  /** Threads side by side in a workgroup; one below the other there are {@link THREADS} divided by them. */
  threadsN: 2 | 4 | 8;
  /** Rows of the result for each thread. */
  tileM: 4 | 8;
  /** Columns of the result for each thread. */
  tileN: 4 | 8 | 12;
  /** Steps of the sum whose operands are in workgroup memory at a time. */
  depth: 4 | 8 | 16;
}

/** Threads of a workgroup. */
export const THREADS = 64;

/** 128 rows by 32 columns: a thread reuses what it reads as often as with 64 by 64, where the result is narrow. */
const TILE_128_BY_32: Tile = { threadsN: 4, tileM: 8, tileN: 8, depth: 8 };
/** 256 rows by 24 columns, as many as whitened images have channels. The right operand must be contiguous along k. */
const TILE_256_BY_24: Tile = { threadsN: 2, tileM: 8, tileN: 12, depth: 4 };

/** The tile for devices that compile slowly: its shaders have the fewest instructions. */
const SHORT_TILE: Tile = { threadsN: 8, tileM: 4, tileN: 4, depth: 8 };

/** All tiles. Every tile gives the same bits, since it adds every sum in the same order. */
export const TILES: readonly Tile[] = [
  ...([4, 8] as const).flatMap((tileM) =>
    ([4, 8] as const).flatMap((tileN) =>
      ([8, 16] as const).map((depth) => ({ threadsN: 8 as const, tileM, tileN, depth })),
    ),
  ),
  TILE_128_BY_32,
  TILE_256_BY_24,
];

/** Rows and columns of the result that a workgroup computes. */
export const tileSize = ({
  threadsN,
  tileM,
  tileN,
}: Omit<Tile, 'depth'>): { rows: number; columns: number } => ({
  rows: (THREADS / threadsN) * tileM,
  columns: threadsN * tileN,
});

/** Whether a product whose right operand is contiguous along this axis can use a tile. */
export const canUse = ({ tileN }: Tile, contiguous: TiledSize['contiguous']): boolean =>
  tileN !== 12 || contiguous === 'k';

/** The cost of a tile on a device, in seconds per step of the sum. */
export interface TileCost extends Tile {
  /** The latency of a step for a single workgroup. */
  alone: number;
  /** The cost of a step for one of many workgroups: its share of a busy device. */
  crowded: number;
}

/** The size of a result, and of the sum that a workgroup adds up for it. */
export interface TiledSize {
  rows: number;
  columns: number;
  depth: number;
  /** Parts that the sum is split into, each with separate workgroups. */
  splits: number;
  /** The axis along which the right operand is contiguous: its columns, or the index of the sum. */
  contiguous: 'mn' | 'k';
}

/** Without a measurement: 64 by 64 results a workgroup, 32 along a side that has no more, taller ones for narrow results. */
export function fixedTile({
  rows,
  columns,
  contiguous,
}: Pick<TiledSize, 'rows' | 'columns' | 'contiguous'>): Tile {
  if (rows >= 256 && columns > 16 && columns <= 24 && contiguous === 'k') return TILE_256_BY_24;
  if (rows >= 128 && columns > 16 && columns <= 32) return TILE_128_BY_32;
  return { threadsN: 8, tileM: rows > 32 ? 8 : 4, tileN: columns > 32 ? 8 : 4, depth: 16 };
}

/** Workgroups down and across that a tile needs. */
export function countTiles(
  tile: Omit<Tile, 'depth'>,
  { rows, columns }: Pick<TiledSize, 'rows' | 'columns'>,
): [down: number, across: number] {
  const size = tileSize(tile);
  return [Math.ceil(rows / size.rows), Math.ceil(columns / size.columns)];
}

/**
 * The time of a product by the roofline of a tile: few workgroups take as long as one, many share the device.
 *
 * t = depth · max(alone, workgroups · crowded)
 *
 * Memory is not included: results and operands have the same size for every tile, and repeated reads come from caches that the
 * measured costs include.
 */
export function predictSeconds(cost: TileCost, size: TiledSize): number {
  const [down, across] = countTiles(cost, size);
  return size.depth * Math.max(cost.alone, down * across * size.splits * cost.crowded);
}

const measured = new WeakMap<object, readonly TileCost[]>();

/** Sets the measured costs for the products of a device; without costs they use fixed tiles again. */
export const setTileCosts = (device: object, costs: readonly TileCost[]): void => {
  if (costs.length > 0) measured.set(device, costs);
  else measured.delete(device);
};

/**
 * The tile for a product: the fastest one by the device's measured costs; without them {@link fixedTile}, or the shortest shader where
 * the device is a processor, which compiles a large tile for a second and gains little by it.
 */
export function chooseTile(device: object, size: TiledSize, { isSoftware = false } = {}): Tile {
  const costs = (measured.get(device) ?? []).filter((cost) => canUse(cost, size.contiguous));
  if (costs.length === 0) return isSoftware ? SHORT_TILE : fixedTile(size);
  return costs.reduce((best, cost) =>
    predictSeconds(cost, size) < predictSeconds(best, size) ? cost : best,
  );
}
