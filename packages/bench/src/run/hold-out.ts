import { type ImageDataset, split } from '@tenfold/datasets';

/**
 * Keeps training images from training, as many of every class, and puts them in place of the test images, which are then
 * not looked at. Which ones depends on the data alone: the same in every run, whatever its seed.
 *
 * @param count 0 leaves the data as they are
 * @throws when there are not so many training images
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
