import { assertOptions, type Kinds, probability as probabilityKind } from '@tenfold/checks';
import type { AnyPixels, Augmentation } from './augmentation';
import { mirror } from './mirror';

/** Options of {@link randomFlip}. */
export interface RandomFlipOptions {
  /** The probability of mirroring an image. Default 0.5. */
  probability?: number;
}

const kinds: Kinds<RandomFlipOptions> = { probability: probabilityKind };

/**
 * Mirrors each image left to right with the given probability, independently in every epoch.
 *
 * @throws when an option is wrong
 * @example
 * batches(train, { batchSize: 500, augment: [randomFlip()] });
 */
export function randomFlip(options: RandomFlipOptions = {}): Augmentation<AnyPixels> {
  assertOptions('randomFlip', options, kinds);
  const { probability = 0.5 } = options;
  return ({ count, height, width, channels, rng }) => {
    const flipped = Uint8Array.from({ length: count }, () => (rng.uniform() < probability ? 1 : 0));
    return (image, index) => {
      if (flipped[index]) mirror(image, height, width, channels);
    };
  };
}
