import type { Rng } from '@tenfold/random';

/** What an augmentation knows when an epoch begins. */
export interface EpochContext {
  /** Images in the set. */
  readonly count: number;
  /** Height of the images in pixels. */
  readonly height: number;
  /** Width of the images in pixels. */
  readonly width: number;
  /** Channels of the images. */
  readonly channels: number;
  /** Counts from 0. */
  readonly epoch: number;
  /** A stream of this augmentation's own, another one in every epoch. */
  readonly rng: Rng;
  /** A stream of this augmentation's own, the same one in every epoch. */
  readonly fixedRng: Rng;
}

/**
 * Changes one image in place.
 *
 * @param image [height, width, channels]: normalized as Float32Array, or its bytes as Uint8Array
 * @param index the image's index in its set
 */
export type ImageTransform<Pixels = Float32Array> = (image: Pixels, index: number) => void;

/**
 * A random change of images: draws what it needs for every image of an epoch, and returns what applies it.
 *
 * Drawing for all images at once makes an image's fate depend on the seed, the epoch and its index alone, whatever the
 * order and the batch size.
 *
 * `Augmentation` changes normalized images (the option `augment` of `batches`), `Augmentation<Uint8Array>` their bytes
 * (`augmentBytes`), and `Augmentation<AnyPixels>` either.
 *
 * @example
 * const darken: Augmentation = ({ count, rng }) => {
 *   const amounts = rng.fillUniform(new Float32Array(count));
 *   return (image, index) => {
 *     for (let i = 0; i < image.length; i++) image[i] -= 0.2 * amounts[index];
 *   };
 * };
 */
export type Augmentation<Pixels = Float32Array> = (context: EpochContext) => ImageTransform<Pixels>;

/** What an augmentation takes that only moves values. */
export type AnyPixels = Float32Array | Uint8Array;
