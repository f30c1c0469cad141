import type { DatasetLoader, ImageDataset } from '@tenfold/datasets';

/** What the bench knows of a dataset before it is loaded; a test compares it with what is loaded. */
export interface DatasetDefinition {
  /** Its title: the `name` of the loaded dataset. */
  title: string;
  /** Height, width and channels of each image. */
  imageShape: readonly [height: number, width: number, channels: number];
  classes: number;
  /** Imports the loader on demand, so that listing datasets costs nothing. */
  loader(): Promise<DatasetLoader<ImageDataset>>;
  /** Replaces parts of a recipe's augmentation that do not suit the images. */
  augmentation?: { flip?: 'none'; policy?: 'none' };
}

const list = {
  cifar10: {
    title: 'CIFAR-10',
    imageShape: [32, 32, 3],
    classes: 10,
    loader: async () => (await import('@tenfold/datasets')).cifar10,
  },
  // The mirror image of a digit is not a digit, and the policies were made for color images.
  mnist: {
    title: 'MNIST',
    imageShape: [28, 28, 1],
    classes: 10,
    loader: async () => (await import('@tenfold/datasets')).mnist,
    augmentation: { flip: 'none', policy: 'none' },
  },
} satisfies { [name: string]: DatasetDefinition };

export type DatasetName = keyof typeof list;

/** The datasets that the bench can train on, by the names that `--dataset` takes. */
export const datasets: Readonly<Record<DatasetName, DatasetDefinition>> = list;

export const datasetNames = Object.keys(list) as [DatasetName, ...DatasetName[]];

/** The default of `--dataset`: the dataset of the paper's tables. */
export const defaultDataset: DatasetName = 'cifar10';
