import type { AnyPixels, Augmentation } from './augmentation';
import { mirror } from './mirror';

/**
 * Mirrors a random half of the images left to right in even epochs and the other half in odd ones.
 *
 * A coin that is tossed once per image decides in which epochs it is mirrored: coin XOR (epoch is odd). Two consecutive epochs
 * therefore show both sides of every image. Independent tosses would show the same side twice for half of the images.
 *
 * @example
 * batches(train, { batchSize: 500, augment: [alternatingFlip()] });
 * @see Keller Jordan, 94% on CIFAR-10 in 3.29 Seconds on a Single GPU, 2024, section 3.6, https://arxiv.org/abs/2404.00498
 */
export function alternatingFlip(): Augmentation<AnyPixels> {
  return ({ count, height, width, channels, epoch, fixedRng }) => {
    const coins = Uint8Array.from({ length: count }, () => fixedRng.integer(2));
    return (image, index) => {
      if (coins[index] !== epoch % 2) mirror(image, height, width, channels);
    };
  };
}
