import type { ImageDataset } from '@tenfold/datasets';
import type { ImageTask } from '../models/model-definition';

/**
 * The task that a network is built for: image size, channels and classes of a dataset.
 *
 * @throws when the images are not square, since the models need square images
 */
export const imageTask = ({ name, train, classNames }: ImageDataset): ImageTask =>
  createImageTask(name, [train.height, train.width, train.channels], classNames.length);

/** The same of a dataset that need not be loaded, by the shape of its images and how many classes it has. */
export function createImageTask(
  name: string,
  [height, width, channels]: readonly [height: number, width: number, channels: number],
  classes: number,
): ImageTask {
  if (height !== width) {
    throw new Error(
      `imageTask: the images of ${name} are ${height}×${width}; the models take square ones, so pad or crop them`,
    );
  }
  return { imageSize: height, inChannels: channels, classes };
}

/** The shape of one image, [height, width, channels]. */
export const imageShape = ({ imageSize, inChannels }: ImageTask): [number, number, number] => [
  imageSize,
  imageSize,
  inChannels,
];
