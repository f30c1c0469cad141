import type { ImageSet } from '../src/image-set';

/** Images whose bytes encode their positions, as far as possible. */
export function smallImages({ count = 10, height = 4, width = 5, channels = 3, classes = 2 } = {}): ImageSet {
  return {
    images: Uint8Array.from(
      { length: count * height * width * channels },
      (_, i) => Math.imul(i, 40503) >>> 5,
    ),
    labels: Uint8Array.from({ length: count }, (_, i) => i % classes),
    count,
    height,
    width,
    channels,
  };
}
