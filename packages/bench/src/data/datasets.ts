import type { DatasetLoader, ImageDataset } from '@tenfold/datasets';

/** What the bench knows of a dataset before it is loaded; a test compares it with what is loaded. */
export interface DatasetDefinition {
  /** What people call it: the `name` of what is loaded. */
  title: string;
  /** Height, width and channels of each image. */
  imageShape: readonly [height: number, width: number, channels: number];
  classes: number;
  /** Loads the code that loads it, so that naming a dataset costs nothing. */
  loader(): Promise<DatasetLoader<ImageDataset>>;
  /** What replaces a recipe's augmentation where that does not suit the images. */
  augmentation?: { flip?: 'none'; policy?: 'none' };
}

const list = {
  cifar10: {
    title: 'CIFAR-10',
    imageShape: [32, 32, 3],
    classes: 10,
    loader: async () => (await import('@tenfold/datasets')).cifar10,
  },
  // The mirror image of a digit is no digit, and the policies were made for color images.
  mnist: {
    title: 'MNIST',
    imageShape: [28, 28, 1],
    classes: 10,
    loader: async () => (await import('@tenfold/datasets')).mnist,
    augmentation: { flip: 'none', policy: 'none' },
  },
} satisfies { [name: string]: DatasetDefinition };

export type DatasetName = keyof typeof list;

/** The datasets that the bench can train on, by the names that `--dataset` gives them. */
export const datasets: Readonly<Record<DatasetName, DatasetDefinition>> = list;

export const datasetNames = Object.keys(list) as [DatasetName, ...DatasetName[]];

/** What is trained on when `--dataset` is not given: the data of the paper's tables. */
export const defaultDataset: DatasetName = 'cifar10';
