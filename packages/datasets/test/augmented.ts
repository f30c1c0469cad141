import { createRng } from '@tenfold/random';
import type { Augmentation } from '../src/augment/augmentation';

/** Applies an augmentation to `count` copies of an image, as in an epoch. */
export function augmented(
  augmentation: Augmentation,
  image: ArrayLike<number>,
  { count = 1, height = 4, width = 5, channels = 1, epoch = 0, seed = 0 } = {},
): number[][] {
  const fixedRng = createRng(seed);
  const context = { count, height, width, channels, epoch, rng: fixedRng.fork(epoch), fixedRng };
  const transform = augmentation(context);
  return Array.from({ length: count }, (_, index) => {
    const copy = Float32Array.from(image);
    transform(copy, index);
    return [...copy];
  });
}
