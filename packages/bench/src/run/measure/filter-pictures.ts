import type { Model } from '@tenfold/layers';
import type { Picture } from '../../results/results';
import { joinFilters, type Kernel } from './join-filters';
import { drawTiles, type Filter, filterTile } from './tiles';

const MOST_FILTERS = 64;
/** Tiles of 32×32 pixels. */
const MOST_UNITS = 48;
const MOST_ROWS = 32;

/**
 * Pictures of the weights of a model's first layer; none when it has no such layer, or when the images are neither gray nor
 * in color.
 *
 * @param channels of the images
 */
export async function filterPictures(model: Model, channels: number): Promise<Picture[]> {
  if (channels !== 1 && channels !== 3) return [];
  const parameters = model.parameters();
  const read = async (name: string): Promise<Kernel | undefined> => {
    const variable = parameters[name];
    return variable && { shape: variable.shape, values: (await variable.data()) as Float32Array };
  };
  const whitening = await read('whiten.kernel');
  if (whitening) {
    const next = (await read('block1.conv1.kernel')) ?? (await read('stem.conv1.kernel'));
    const filters = splitFilters(whitening, 2, channels);
    return [
      drawTiles('Whitening filters: frozen, computed from the training images', filters.map(filterTile)),
      ...(next ? [joinedPicture(whitening, next)] : []),
    ];
  }
  const patches = (await read('patches.kernel')) ?? unshifted(await read('patches.project.kernel'), channels);
  if (patches) {
    const filters = largest(
      splitFilters(patches, Math.sqrt(patches.shape[0]! / channels), channels),
      MOST_FILTERS,
    );
    return [drawTiles(`Patch embedding: the ${filters.length} largest filters`, filters.map(filterTile))];
  }
  const dense = await read('layer1.dense.kernel');
  if (dense) {
    const filters = largest(splitFilters(dense, Math.sqrt(dense.shape[0]! / channels), channels), MOST_UNITS);
    return [
      drawTiles(`First layer: the ${filters.length} units with the largest weights`, filters.map(filterTile)),
    ];
  }
  const recurrent = await read('cell.input.kernel');
  if (recurrent) return [rowsPicture(recurrent, (await read('cell.recurrent.kernel'))!.shape[0]!, channels)];
  const first = Object.keys(parameters).find((name) => {
    const { shape } = parameters[name]!;
    return shape.length === 4 && shape[2] === channels && shape[0] === shape[1];
  });
  if (first === undefined) return [];
  const kernel = (await read(first))!;
  const filters = largest(splitFilters(kernel, kernel.shape[0]!, channels), MOST_FILTERS);
  return [drawTiles(`First convolution: the ${filters.length} largest filters`, filters.map(filterTile))];
}

/** The weights for the unshifted image in a kernel of shifted patches, whose rows are [side, side, 5 copies, channels]. */
function unshifted(kernel: Kernel | undefined, channels: number): Kernel | undefined {
  if (!kernel) return undefined;
  const [rows, count] = kernel.shape as [number, number];
  const unshiftedRows = Array.from({ length: rows }, (_, row) => row).filter(
    (row) => row % (5 * channels) < channels,
  );
  const values = Float32Array.from(
    unshiftedRows.flatMap((row) => [...kernel.values.subarray(row * count, (row + 1) * count)]),
  );
  return { shape: [unshiftedRows.length, count], values };
}

/** The columns of a kernel whose rows are [side, side, channels]. */
function splitFilters({ shape, values }: Kernel, side: number, channels: Filter['channels']): Filter[] {
  const count = shape.at(-1)!;
  const taps = side * side * channels;
  return Array.from({ length: count }, (_, k) => ({
    height: side,
    width: side,
    channels,
    values: Float32Array.from({ length: taps }, (_, tap) => values[tap * count + k]!),
  }));
}

const norm = ({ values }: Filter) => Math.hypot(...values);

/** The filters with the largest norms, largest first. */
const largest = (filters: Filter[], most: number): Filter[] =>
  filters
    .map((filter) => ({ filter, size: norm(filter) }))
    .sort((a, b) => b.size - a.size)
    .slice(0, most)
    .map(({ filter }) => filter);

/**
 * Whitening filters amplify rare patterns, so filters composed with them look like noise. The patterns they respond to do
 * not: a filter v/√λ responds to v·√λ, the filter divided by its squared norm.
 */
function joinedPicture(whitening: Kernel, next: Kernel): Picture {
  const shown = largest(joinFilters(computePatterns(whitening), next), MOST_FILTERS);
  const title = `First trained convolution: ${shown.length} strongest filters, projected back to pixels (ignoring the GELU)`;
  return drawTiles(title, shown.map(filterTile));
}

function computePatterns({ shape, values }: Kernel): Kernel {
  const count = shape.at(-1)!;
  const squares = new Float64Array(count);
  for (const [i, value] of values.entries()) squares[i % count]! += value * value;
  return { shape, values: values.map((value, i) => value / (squares[i % count]! || 1)) };
}

/** For a recurrent layer, one tile per unit: how a row of pixels changes its candidate state. */
function rowsPicture({ shape, values }: Kernel, units: number, channels: Filter['channels']): Picture {
  const [taps, columns] = shape as [number, number];
  // The candidate's columns are third, in an LSTM [i, f, g, o] and in a GRU [r, z, n].
  const rows = Array.from({ length: units }, (_, unit) => ({
    height: 1,
    width: taps / channels,
    channels,
    values: Float32Array.from({ length: taps }, (_, tap) => values[tap * columns + 2 * units + unit]!),
  }));
  const shown = largest(rows, MOST_ROWS);
  const tile = filterTile({
    height: shown.length,
    width: taps / channels,
    channels,
    values: Float32Array.from(
      { length: shown.length * taps },
      (_, i) => shown[Math.floor(i / taps)]!.values[i % taps]!,
    ),
  });
  const title = `Input weights of the ${shown.length} units with the largest weights: one row of pixels each`;
  return drawTiles(title, [tile]);
}
