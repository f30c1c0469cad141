import type { ImageDataset, ImageSet } from '@tenfold/datasets';
import { createRng } from '@tenfold/random';

interface Options {
  train?: number;
  test?: number;
  /** Height and width; 32 by default. */
  size?: number;
  channels?: number;
  classes?: number;
}

/** Each class has a tint for every quarter of its images, with noise: a network learns these classes within moments. */
export function tintedImages({
  train = 200,
  test = 100,
  size = 32,
  channels = 3,
  classes = 10,
}: Options = {}): ImageDataset {
  const takeChannels = (values: number[]) => values.slice(0, channels);
  return {
    name: 'Tinted images',
    train: images(train, 1, { size, channels, classes }),
    test: images(test, 2, { size, channels, classes }),
    classNames: Array.from({ length: classes }, (_, i) => `tint ${i}`),
    mean: takeChannels([0.4914, 0.48216, 0.44653]),
    standardDeviation: takeChannels([0.24703, 0.24349, 0.26159]),
  };
}

function images(
  count: number,
  seed: number,
  { size, channels, classes }: { size: number; channels: number; classes: number },
): ImageSet {
  const [row, image] = [size * channels, size * size * channels];
  const noise = createRng(seed).fillUniform(new Float32Array(count * image));
  const labels = Uint8Array.from({ length: count }, (_, i) => i % classes);
  const tint = createRng(9).fillUniform(new Float32Array(classes * 4 * channels));
  const bytes = Uint8Array.from(noise, (v, i) => {
    const label = labels[Math.floor(i / image)]!;
    const [bottom, right] = [(2 * (i % image)) / image, (2 * (i % row)) / row].map(Math.floor);
    const quarter = 2 * bottom! + right!;
    return 150 * tint[(4 * label + quarter) * channels + (i % channels)]! + 100 * v;
  });
  return { images: bytes, labels, count, height: size, width: size, channels };
}
