import {
  assertOptions,
  finite,
  type Kind,
  type Kinds,
  listOf,
  probability as probabilityKind,
} from '@tenfold/checks';
import { type Augmentation, withPixels } from './augmentation';

/** Options of {@link randomErasing}. */
export interface RandomErasingOptions {
  /** The probability of erasing a rectangle of an image. Default 0.5. */
  probability?: number;
  /** Minimum and maximum fraction of the image's area that a rectangle covers. Default [0.02, 0.4]. */
  area?: readonly [number, number];
  /** Minimum and maximum ratio of height to width of a rectangle. Default [0.3, 1/0.3]. */
  aspectRatio?: readonly [number, number];
}

const range = (expected: string, below: number): Kind => ({
  expected,
  accepts: (value) =>
    listOf(finite, 2).accepts(value) &&
    (value as number[])[0]! > 0 &&
    (value as number[])[0]! <= (value as number[])[1]! &&
    (value as number[])[1]! < below,
});

const kinds: Kinds<RandomErasingOptions> = {
  probability: probabilityKind,
  area: range('two fractions in (0, 1], in ascending order', 1),
  aspectRatio: range('two positive numbers in ascending order', Number.POSITIVE_INFINITY),
};

/** The maximum number of draws until a rectangle fits into the image. */
const ATTEMPTS = 100;

/**
 * Random erasing: fills a random rectangle of an image with noise, bytes uniform in 0 … 255.
 *
 * With probability p: S = s·H·W, with s uniform in the range of areas and r uniform in the range of aspect ratios, height √(S·r)
 * and width √(S/r). Rectangles are drawn until one fits; its position in the image is uniform.
 *
 * Use it in the option `augmentBytes` of `batches`, after the others.
 *
 * @throws when an option is wrong
 * @example
 * batches(train, { batchSize: 128, augmentBytes: [randomFlip(), randomErasing({ probability: 0.25 })] });
 * @see Zhong et al., "Random Erasing Data Augmentation", 2017, https://arxiv.org/abs/1708.04896, algorithm 1
 */
export function randomErasing(options: RandomErasingOptions = {}): Augmentation<Uint8Array> {
  assertOptions('randomErasing', options, kinds);
  const { probability = 0.5, area = [0.02, 0.4], aspectRatio = [0.3, 1 / 0.3] } = options;
  return withPixels('bytes', ({ count, height, width, channels, rng }) => {
    const erased = Uint8Array.from({ length: count }, () => (rng.uniform() < probability ? 1 : 0));
    return (image, index) => {
      if (!erased[index]) return;
      const noise = rng.fork(index); // drawn per image, because noise for all images would be as large as the set
      const between = ([low, high]: readonly [number, number]) => low + noise.uniform() * (high - low);
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const size = between(area) * height * width;
        const ratio = between(aspectRatio);
        const [down, across] = [Math.floor(Math.sqrt(size * ratio)), Math.floor(Math.sqrt(size / ratio))];
        if (down < 1 || across < 1 || down > height || across > width) continue;
        const top = noise.integer(height - down + 1);
        const left = noise.integer(width - across + 1);
        for (let y = top; y < top + down; y++) {
          const from = (y * width + left) * channels;
          for (let i = from; i < from + across * channels; i++) image[i] = noise.uniform() * 256;
        }
        return;
      }
    };
  });
}
