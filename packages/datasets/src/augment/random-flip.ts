import type { AnyPixels, Augmentation } from './augmentation';
import { mirror } from './mirror';

/**
 * Mirrors each image left to right with the given probability, decided anew in every epoch.
 *
 * @param options.probability 0 … 1, default 0.5
 * @throws when the probability is outside
 * @example
 * batches(train, { batchSize: 500, augment: [randomFlip()] });
 */
export function randomFlip({ probability = 0.5 }: { probability?: number } = {}): Augmentation<AnyPixels> {
  if (!(probability >= 0 && probability <= 1)) {
    throw new Error(`randomFlip: probability is ${probability}; give a number from 0 to 1`);
  }
  return ({ count, height, width, channels, rng }) => {
    const flipped = Uint8Array.from({ length: count }, () => (rng.uniform() < probability ? 1 : 0));
    return (image, index) => {
      if (flipped[index]) mirror(image, height, width, channels);
    };
  };
}
