import type { Rng } from '@tenfold/random';

/** What an augmentation knows when an epoch begins. */
export interface EpochContext {
  /** Images in the set. */
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Counts from 0. */
  readonly epoch: number;
  /** A stream of this augmentation's own, another one in every epoch. */
  readonly rng: Rng;
  /** A stream of this augmentation's own, the same one in every epoch. */
  readonly fixedRng: Rng;
}

/**
 * Changes one normalised image in place.
 *
 * @param image [height, width, channels]
 * @param index the image's index in its set
 */
export type ImageTransform = (image: Float32Array, index: number) => void;

/**
 * A random change of images: draws what it needs for every image of an epoch, and returns what applies it.
 *
 * Drawing for all images at once makes an image's fate depend on the seed, the epoch and its index alone, whatever the
 * order and the batch size.
 *
 * @example
 * const darken: Augmentation = ({ count, rng }) => {
 *   const amounts = rng.fillUniform(new Float32Array(count));
 *   return (image, index) => {
 *     for (let i = 0; i < image.length; i++) image[i] -= 0.2 * amounts[index];
 *   };
 * };
 */
export type Augmentation = (context: EpochContext) => ImageTransform;
