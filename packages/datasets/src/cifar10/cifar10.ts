import type { ImageSet } from '../image-set';

/** CIFAR-10: 32 × 32 colour images of ten classes, 50,000 to train on and 10,000 to test with. */
export interface Cifar10 {
  readonly train: ImageSet;
  readonly test: ImageSet;
  /** Name of each class index: 0 is airplane, 9 is truck. */
  readonly classNames: readonly string[];
}

/** The names of CIFAR-10's classes in the order of their indices. */
export const cifar10ClassNames: readonly string[] = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
];

/** Mean of each channel (red, green, blue) over the training images, pixels scaled to 0 … 1. */
export const cifar10Mean: readonly number[] = [0.4914, 0.48216, 0.44653];

/** Standard deviation of each channel over the training images, pixels scaled to 0 … 1. */
export const cifar10StandardDeviation: readonly number[] = [0.24703, 0.24349, 0.26159];
