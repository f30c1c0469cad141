import type { ImageSet } from './image-set';

/** A dataset of labeled images: what `cifar10` and its siblings load, whatever the size and the channels of the images. */
export interface ImageDataset {
  /** What people call it, such as CIFAR-10. */
  readonly name: string;
  /** The images to train on. */
  readonly train: ImageSet;
  /** The images to test with. */
  readonly test: ImageSet;
  /** The name of each class, in the order of the class indices. */
  readonly classNames: readonly string[];
  /** Mean of each channel over the training images, pixels scaled to 0 … 1. */
  readonly mean: readonly number[];
  /** Standard deviation of each channel over the training images, pixels scaled to 0 … 1. */
  readonly standardDeviation: readonly number[];
}
