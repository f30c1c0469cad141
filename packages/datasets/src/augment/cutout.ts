import { assertOptions, count as countKind, type Kinds, required } from '@tenfold/checks';
import { type Augmentation, withPixels } from './augmentation';

/** Options of {@link cutout}. */
export interface CutoutOptions {
  /** Side of the square in pixels, from 1 to the shorter side of the image. */
  size: number;
}

const kinds: Kinds<CutoutOptions> = { size: required(countKind) };

/**
 * Blanks a random square of each image: sets size × size pixels to 0, which is the mean color after normalization.
 *
 * The square lies inside the image, and all positions are equally likely.
 *
 * @throws when the size is wrong, or the square does not fit
 * @example
 * batches(train, { batchSize: 500, augment: [cutout({ size: 12 })] });
 * @see Terrance DeVries and Graham Taylor, Improved Regularization of Convolutional Neural Networks with Cutout, 2017,
 *   https://arxiv.org/abs/1708.04552 (whose squares may reach over the border)
 */
export function cutout(options: CutoutOptions): Augmentation {
  assertOptions('cutout', options, kinds);
  const { size } = options;
  return withPixels('normalized', ({ count, height, width, channels, rng }) => {
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
  });
}
