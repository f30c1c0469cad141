import { assertOptions, index as indexKind, type Kinds, required } from '@tenfold/checks';
import type { AnyPixels, Augmentation } from './augmentation';

/** Options of {@link reflectShift}. */
export interface ReflectShiftOptions {
  /** The largest shift, from 0 to one less than the shorter side of the image. */
  pixels: number;
}

const kinds: Kinds<ReflectShiftOptions> = { pixels: required(indexKind) };

/**
 * Shifts each image by a random whole number of pixels in both directions, with reflection at the border.
 *
 * out[y, x] = in[reflect(y + dy), reflect(x + dx)] with dy, dx uniform in −pixels … pixels, where reflect(−1) is 1 and
 * reflect(height) is height − 2. This equals padding by reflection and random cropping.
 *
 * @throws when the shift is not such a number, or the images are too small for it
 * @example
 * batches(train, { batchSize: 500, augment: [reflectShift({ pixels: 2 })] });
 */
export function reflectShift(options: ReflectShiftOptions): Augmentation<AnyPixels> {
  assertOptions('reflectShift', options, kinds);
  const { pixels } = options;
  return ({ count, height, width, channels, rng }) => {
    if (pixels >= Math.min(height, width)) {
      throw new Error(
        `reflectShift: pixels is ${pixels} but the images are ${height} x ${width}; ` +
          `give at most ${Math.min(height, width) - 1}`,
      );
    }
    const range = 2 * pixels + 1;
    const shifts = Uint16Array.from({ length: 2 * count }, () => rng.integer(range));
    const row = width * channels;
    const original = new Float32Array(height * row);
    return (image, index) => {
      const dy = shifts[2 * index]! - pixels;
      const dx = shifts[2 * index + 1]! - pixels;
      if (dy === 0 && dx === 0) return;
      original.set(image);
      // The columns whose source lies inside the image are copied at once; only the others need reflection.
      const start = Math.max(0, -dx);
      const end = Math.min(width, width - dx);
      for (let y = 0; y < height; y++) {
        const from = reflect(y + dy, height) * row;
        const to = y * row;
        for (let i = start * channels; i < end * channels; i++)
          image[to + i] = original[from + i + dx * channels]!;
        for (let x = 0; x < start; x++) copyPixel(from, reflect(x + dx, width), to, x, image);
        for (let x = end; x < width; x++) copyPixel(from, reflect(x + dx, width), to, x, image);
      }
    };

    function copyPixel(from: number, x: number, to: number, outX: number, image: AnyPixels): void {
      for (let c = 0; c < channels; c++) image[to + outX * channels + c] = original[from + x * channels + c]!;
    }
  };
}

/** Reflects a coordinate outside the image, by at most its size, without repeating the edge. */
function reflect(position: number, size: number): number {
  if (position < 0) return -position;
  return position < size ? position : 2 * (size - 1) - position;
}
