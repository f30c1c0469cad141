import type { Filter } from './tiles';

/** A parameter's values, row-major. */
export interface Kernel {
  shape: number[];
  values: Float32Array;
}

const SIZE = 4;

/**
 * The filters in the image of a 3×3 convolution over 2×2 whitening filters, one per output, ignoring everything between the
 * two.
 *
 * F[u + a, v + b, c] = Σ_k W[a, b, c, k]·N[u, v, k]
 *
 * @param whitening W, [2, 2, colors, channels]
 * @param next N, [3, 3, channels, filters]
 * @returns filters [4, 4, colors]
 */
export function joinFilters(whitening: Kernel, next: Kernel): Filter[] {
  const colors = whitening.shape[2] as 1 | 3;
  const [channels, count] = next.shape.slice(2) as [number, number];
  return Array.from({ length: count }, (_, filter) => {
    const values = new Float32Array(SIZE * SIZE * colors);
    for (let tap = 0; tap < 9; tap++) {
      for (let within = 0; within < 4 * colors; within++) {
        const row = Math.floor(tap / 3) + Math.floor(within / (2 * colors));
        const column = (tap % 3) + (Math.floor(within / colors) % 2);
        let sum = 0;
        for (let k = 0; k < channels; k++) {
          sum +=
            next.values[(tap * channels + k) * count + filter]! * whitening.values[within * channels + k]!;
        }
        values[(row * SIZE + column) * colors + (within % colors)]! += sum;
      }
    }
    return { height: SIZE, width: SIZE, channels: colors, values };
  });
}
