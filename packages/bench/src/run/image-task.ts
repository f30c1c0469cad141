import type { ImageDataset } from '@tenfold/datasets';
import type { ImageTask } from '../models/model-definition';

/**
 * What a network must be built for to classify the images of a dataset.
 *
 * @throws when the images are not square, which no model of the bench takes
 */
export function imageTask({ name, train, classNames }: ImageDataset): ImageTask {
  const { height, width, channels } = train;
  if (height !== width) {
    throw new Error(
      `imageTask: the images of ${name} are ${height}×${width}; the models take square ones, so pad or crop them`,
    );
  }
  return { imageSize: height, inChannels: channels, classes: classNames.length };
}

/** The shape of one image, [height, width, channels]. */
export const imageShape = ({ imageSize, inChannels }: ImageTask): [number, number, number] => [
  imageSize,
  imageSize,
  inChannels,
];
