import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from './backend';
import { runGemm } from './kernels/gemm';
import { operandInMemory } from './kernels/operand-in-memory';
import { canUse, TILES, type Tile, type TileCost, tileSize } from './tiles';

/** Runs `work` and returns the seconds until the device has done it. */
export type Timer = (work: () => void) => Promise<number>;

interface Product {
  rows: number;
  columns: number;
  depth: number;
}

/** 1024 workgroups of 64×64 results: more than any GPU runs at a time. */
const CROWD: Product = { rows: 2048, columns: 2048, depth: 256 };
/** A single workgroup, with a sum much longer than the start of a dispatch. */
const LONE_DEPTH = 2048;
/** Timed work takes at least this long, so that submitting it is negligible. */
const LEAST_SECONDS = 0.004;
const MOST_REPEATS = 256;
const ROUNDS = 2;

/** The cost of each tile on the backend's device, measured with products of zeros; takes about a second on a GPU. */
export async function measureTiles(
  backend: WebgpuBackend,
  time: Timer = createTimer(backend),
  crowd: Product = CROWD,
): Promise<TileCost[]> {
  const costs: TileCost[] = [];
  for (const tile of TILES) {
    const lone = { ...tileSize(tile), depth: LONE_DEPTH };
    const alone = (await measureSeconds(backend, tile, lone, time)) / lone.depth;
    const groups = Math.ceil(crowd.rows / lone.rows) * Math.ceil(crowd.columns / lone.columns);
    const crowded = (await measureSeconds(backend, tile, crowd, time)) / crowd.depth / groups;
    costs.push({ ...tile, alone, crowded });
  }
  return costs;
}

/** The time of one product: the better of two rounds, each with enough products for the clock's resolution. */
async function measureSeconds(
  backend: WebgpuBackend,
  tile: Tile,
  { rows, columns, depth }: Product,
  time: Timer,
): Promise<number> {
  // The right operand has the usual layout, unless the tile needs the other one.
  const contiguous = canUse(tile, 'mn') ? 'mn' : 'k';
  const [a, b] = [
    backend.output([rows, depth]),
    backend.output(contiguous === 'mn' ? [depth, columns] : [columns, depth]),
  ];
  const once = (): TensorInfo =>
    runGemm(backend, {
      name: `product k true ${contiguous} true`,
      rows,
      columns,
      depth,
      inputs: { a, b },
      types: { a: 'vec4<f32>', b: 'vec4<f32>' },
      a: operandInMemory('A', 'a', 'k', true),
      b: operandInMemory('B', 'b', contiguous, true),
      shape: [rows, columns],
      tile,
    });
  // All products write the same buffer, so that each begins when the previous one has ended.
  const several = (count: number) => () => {
    for (let i = 0; i < count; i++) backend.disposeData(once().dataId);
  };
  await time(several(1)); // compiles
  let repeats = 1;
  let seconds = await time(several(repeats));
  while (seconds < LEAST_SECONDS && repeats < MOST_REPEATS) {
    repeats *= 4;
    seconds = await time(several(repeats));
  }
  for (let round = 1; round < ROUNDS; round++) seconds = Math.min(seconds, await time(several(repeats)));
  for (const { dataId } of [a, b]) backend.disposeData(dataId);
  return seconds / repeats;
}

const createTimer =
  (backend: WebgpuBackend): Timer =>
  async (work) => {
    await backend.device.queue.onSubmittedWorkDone();
    const start = performance.now();
    work();
    backend.endComputePassEncoder();
    backend.submitQueue();
    await backend.device.queue.onSubmittedWorkDone();
    return (performance.now() - start) / 1000;
  };
