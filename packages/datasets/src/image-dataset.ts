import type { ImageSet } from './image-set';

/** A dataset of labeled images of any size and number of channels, such as `cifar10` loads. */
export interface ImageDataset {
  /** The name of the dataset, such as CIFAR-10. */
  readonly name: string;
  /** The training images. */
  readonly train: ImageSet;
  /** The test images. */
  readonly test: ImageSet;
  /** The name of each class, in the order of the class indices. */
  readonly classNames: readonly string[];
  /** Mean of each channel over the training images, with pixels scaled to 0 … 1. */
  readonly mean: readonly number[];
  /** Standard deviation of each channel over the training images, with pixels scaled to 0 … 1. */
  readonly standardDeviation: readonly number[];
}
