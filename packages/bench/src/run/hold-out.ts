import { type ImageDataset, split } from '@tenfold/datasets';

/**
 * Holds out training images, equally many of every class, and evaluates on them instead of the test images. The choice depends
 * only on the data, so it is the same in every run, whatever its seed.
 *
 * @param count 0 leaves the data unchanged
 * @throws when there are not enough training images
 */
export function holdOut(data: ImageDataset, count: number): ImageDataset {
  if (count === 0) return data;
  if (count >= data.train.count) {
    throw new Error(
      `holdOut: ${count} of ${data.train.count} training images cannot be held out; leave some to train on`,
    );
  }
  const { train, validation } = split(data.train, { validation: count, seed: 0 });
  return { ...data, train, test: validation };
}
