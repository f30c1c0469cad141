import type { Augmentation } from './augmentation';

export interface RandomErasingOptions {
  /** That an image loses a rectangle, 0 … 1; 0.5 by default. */
  probability?: number;
  /** Least and greatest share of the image's area that a rectangle covers; 0.02 to 0.4 by default. */
  area?: readonly [number, number];
  /** Least and greatest height of a rectangle over its width; 0.3 to 1/0.3 by default. */
  aspectRatio?: readonly [number, number];
}

/** A rectangle that does not fit into the image is drawn again, so often at most. */
const ATTEMPTS = 100;

/**
 * Random erasing: a random rectangle of each image becomes noise, bytes uniform in 0 … 255.
 *
 * With probability p: S = s·H·W with s uniform in the range of areas, r uniform in that of aspect ratios, height √(S·r) and
 * width √(S/r); the first such rectangle that fits, drawn anew until then, lies anywhere in the image.
 *
 * It is for the option `augmentBytes` of `batches`, after the others.
 *
 * @throws when an option is outside its range
 * @example
 * batches(train, { batchSize: 128, augmentBytes: [randomFlip(), randomErasing({ probability: 0.25 })] });
 * @see Zhong et al., "Random Erasing Data Augmentation", 2017, https://arxiv.org/abs/1708.04896, algorithm 1
 */
export function randomErasing({
  probability = 0.5,
  area = [0.02, 0.4],
  aspectRatio = [0.3, 1 / 0.3],
}: RandomErasingOptions = {}): Augmentation<Uint8Array> {
  if (!(probability >= 0 && probability <= 1)) {
    throw new Error(`randomErasing: probability is ${probability}; give a number from 0 to 1`);
  }
  if (!(area[0] > 0 && area[0] <= area[1] && area[1] < 1)) {
    throw new Error(`randomErasing: area is [${area}]; give two rising shares between 0 and 1`);
  }
  if (
    !(aspectRatio[0] > 0 && aspectRatio[0] <= aspectRatio[1] && aspectRatio[1] < Number.POSITIVE_INFINITY)
  ) {
    throw new Error(`randomErasing: aspectRatio is [${aspectRatio}]; give two rising positive numbers`);
  }
  return ({ count, height, width, channels, rng }) => {
    const erased = Uint8Array.from({ length: count }, () => (rng.uniform() < probability ? 1 : 0));
    return (image, index) => {
      if (!erased[index]) return;
      const own = rng.fork(index); // the noise of all images at once would be as large as the set
      const between = ([low, high]: readonly [number, number]) => low + own.uniform() * (high - low);
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const size = between(area) * height * width;
        const ratio = between(aspectRatio);
        const [down, across] = [Math.floor(Math.sqrt(size * ratio)), Math.floor(Math.sqrt(size / ratio))];
        if (down < 1 || across < 1 || down > height || across > width) continue;
        const top = own.integer(height - down + 1);
        const left = own.integer(width - across + 1);
        for (let y = top; y < top + down; y++) {
          const from = (y * width + left) * channels;
          for (let i = from; i < from + across * channels; i++) image[i] = own.uniform() * 256;
        }
        return;
      }
    };
  };
}
