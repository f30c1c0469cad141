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
