import type { Augmentation } from './augmentation';

/**
 * Blanks a random square of each image: size × size pixels become 0, which after normalisation is the mean colour.
 *
 * The square lies entirely inside the image, at every place with the same probability.
 *
 * @param options.size side of the square in pixels, from 1 to the image's shorter side
 * @throws when the square does not fit
 * @example
 * batches(train, { batchSize: 500, augment: [cutout({ size: 12 })] });
 * @see Terrance DeVries and Graham Taylor, Improved Regularization of Convolutional Neural Networks with Cutout, 2017,
 *   https://arxiv.org/abs/1708.04552 (whose squares may reach over the border)
 */
export function cutout({ size }: { size: number }): Augmentation {
  if (!Number.isInteger(size) || size < 1)
    throw new Error(`cutout: size is ${size}; give an integer from 1 up`);
  return ({ count, height, width, channels, rng }) => {
    if (size > Math.min(height, width)) {
      throw new Error(`cutout: size is ${size} but the images are ${height} x ${width}; give a smaller one`);
    }
    const tops = Uint16Array.from({ length: count }, () => rng.integer(height - size + 1));
    const lefts = Uint16Array.from({ length: count }, () => rng.integer(width - size + 1));
    return (image, index) => {
      for (let y = tops[index]!, end = y + size; y < end; y++) {
        const from = (y * width + lefts[index]!) * channels;
        image.fill(0, from, from + size * channels);
      }
    };
  };
}
