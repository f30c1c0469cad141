import { createRng, type Rng } from '@tenfold/random';
import { checkImageSet, type ImageSet } from './image-set';
import { subset } from './subset';

/** Options of {@link split}. */
export interface SplitOptions {
  /** How many images to hold out. */
  validation: number;
  /** Seed of the choice. Default 0. */
  seed?: number;
  /** The stream to choose with, instead of `seed`. */
  rng?: Rng;
}

/**
 * Holds out random images of every class in proportion, so that both parts have the same mix of classes.
 *
 * A class with n of N images gives validation · n / N of them; the images left over by rounding come from the classes
 * with the largest remainders. Both parts keep the order of the set.
 *
 * @returns copies of the images: `validation` images held out and the others
 * @throws when `validation` is not between 0 and the number of images
 * @example
 * const { train, validation } = split(cifar10.train, { validation: 5000, seed: 1 }); // 4500 and 500 of each class
 */
export function split(
  imageSet: ImageSet,
  { validation, seed = 0, rng = createRng(seed) }: SplitOptions,
): { train: ImageSet; validation: ImageSet } {
  checkImageSet('split', imageSet);
  const { count, labels } = imageSet;
  if (!Number.isInteger(validation) || validation < 0 || validation > count) {
    throw new Error(`split: validation is ${validation}; give an integer from 0 to ${count}`);
  }
  const classes = indicesByClass(labels);
  const shares = proportionalShares(
    classes.map((indices) => indices.length),
    validation,
  );
  const held = new Uint8Array(count);
  classes.forEach((indices, label) => {
    const order = rng.fork('split', label).permutation(indices.length);
    for (const position of order.subarray(0, shares[label])) held[indices[position]!] = 1;
  });
  const where = (value: number) => Uint32Array.from([...held.keys()].filter((i) => held[i] === value));
  return { train: subset(imageSet, where(0)), validation: subset(imageSet, where(1)) };
}

function indicesByClass(labels: Uint8Array): number[][] {
  const classes: number[][] = Array.from({ length: 256 }, () => []);
  for (let i = 0; i < labels.length; i++) classes[labels[i]!]!.push(i);
  return classes;
}

/** Whole numbers in proportion to `sizes` that sum to `total`, by largest remainders. */
function proportionalShares(sizes: readonly number[], total: number): number[] {
  const sum = sizes.reduce((s, size) => s + size, 0);
  const exact = sizes.map((size) => (sum === 0 ? 0 : (size * total) / sum));
  const shares = exact.map(Math.floor);
  const byRemainder = [...sizes.keys()].sort(
    (a, b) => exact[b]! - shares[b]! - (exact[a]! - shares[a]!) || a - b,
  );
  const left = total - shares.reduce((s, share) => s + share, 0);
  for (const label of byRemainder.slice(0, left)) shares[label]!++;
  return shares;
}
