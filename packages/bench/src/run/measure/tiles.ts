import { toBase64 } from '../../lib/base64';
import type { Picture } from '../../results/results';

/** Smaller tiles are enlarged by an integer factor to at least this many pixels. */
const LEAST_PIXELS = 16;

/** Weights of one filter, [height, width, channels]. */
export interface Filter {
  height: number;
  width: number;
  channels: 1 | 3;
  values: Float32Array;
}

/** Signed weights as colors: gray is 0; the filter's largest absolute weight is black or white. */
export function filterTile({ height, width, channels, values }: Filter): Tile {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  const bytes = Uint8Array.from(values, (value) => Math.round(127.5 + (127.5 * value) / largest));
  return enlarge({ height, width, channels, bytes });
}

export interface Tile {
  height: number;
  width: number;
  channels: 1 | 3;
  bytes: Uint8Array;
}

/** A picture of tiles of the same size. */
export function drawTiles(title: string, tiles: Tile[], captions: string[] = []): Picture {
  const { height, width, channels } = tiles[0]!;
  const pixels = tiles.map(({ bytes }) => toBase64(bytes));
  return { title, height, width, channels, pixels, captions };
}

function enlarge({ height, width, channels, bytes }: Tile): Tile {
  const factor = Math.max(1, Math.ceil(LEAST_PIXELS / Math.max(height, width)));
  const [rows, columns] = [height * factor, width * factor];
  const large = new Uint8Array(rows * columns * channels);
  for (let i = 0; i < large.length; i++) {
    const [row, column] = [Math.floor(i / channels / columns), Math.floor(i / channels) % columns];
    const from = Math.floor(row / factor) * width + Math.floor(column / factor);
    large[i] = bytes[from * channels + (i % channels)]!;
  }
  return { height: rows, width: columns, channels, bytes: large };
}
