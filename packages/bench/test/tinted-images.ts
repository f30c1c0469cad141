import type { ImageDataset, ImageSet } from '@tenfold/datasets';
import { createRng } from '@tenfold/random';

/** Each class has a tint for every quarter of its images, under noise: ten classes that a network learns in no time. */
export function tintedImages({ train = 200, test = 100 } = {}): ImageDataset {
  return {
    name: 'Tinted images',
    train: images(train, 1),
    test: images(test, 2),
    classNames: Array.from({ length: 10 }, (_, i) => `tint ${i}`),
    mean: [0.4914, 0.48216, 0.44653],
    standardDeviation: [0.24703, 0.24349, 0.26159],
  };
}

function images(count: number, seed: number): ImageSet {
  const noise = createRng(seed).fillUniform(new Float32Array(count * 3072));
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 10);
  const tint = createRng(9).fillUniform(new Float32Array(10 * 12));
  const bytes = Uint8Array.from(noise, (v, i) => {
    const label = labels[Math.floor(i / 3072)]!;
    const quarter = 2 * (Math.floor((i % 3072) / 1536) % 2) + (Math.floor((i % 96) / 48) % 2);
    return 150 * tint[12 * label + 3 * quarter + (i % 3)]! + 100 * v;
  });
  return { images: bytes, labels, count, height: 32, width: 32, channels: 3 };
}
