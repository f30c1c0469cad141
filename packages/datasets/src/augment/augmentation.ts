import type { Rng } from '@tenfold/random';

/** The context of an augmentation for one epoch. */
export interface EpochContext {
  /** Number of images in the set. */
  readonly count: number;
  /** Height of the images in pixels. */
  readonly height: number;
  /** Width of the images in pixels. */
  readonly width: number;
  /** Number of channels of the images. */
  readonly channels: number;
  /** The epoch, counted from 0. */
  readonly epoch: number;
  /** A stream for this augmentation, different in every epoch. */
  readonly rng: Rng;
  /** A stream for this augmentation, the same in every epoch. */
  readonly fixedRng: Rng;
}

/**
 * Changes one image in place.
 *
 * @param image [height, width, channels]: normalized values as a Float32Array, or bytes as a Uint8Array
 * @param index index of the image in its set
 */
export type ImageTransform<Pixels = Float32Array> = (image: Pixels, index: number) => void;

/**
 * An augmentation: draws random numbers for all images of an epoch, and returns a function that changes one image.
 *
 * Because it draws for all images at once, the change of an image depends only on the seed, the epoch and its index, not on the
 * order or the batch size.
 *
 * `Augmentation` changes normalized images (the option `augment` of `batches`), `Augmentation<Uint8Array>` changes bytes
 * (`augmentBytes`), and `Augmentation<AnyPixels>` works on both.
 *
 * @example
 * const darken: Augmentation = ({ count, rng }) => {
 *   const amounts = rng.fillUniform(new Float32Array(count));
 *   return (image, index) => {
 *     for (let i = 0; i < image.length; i++) image[i] -= 0.2 * amounts[index];
 *   };
 * };
 */
export interface Augmentation<Pixels = Float32Array> {
  (context: EpochContext): ImageTransform<Pixels>;
  /**
   * Which images it changes, where it is not both: `batches` refuses it for the other ones, also in plain JavaScript. Missing in
   * augmentations for both and, unless you add it, in your own.
   */
  readonly pixels?: PixelForm;
}

/** The form of the images that an augmentation changes: bytes, or values after normalization. */
export type PixelForm = 'bytes' | 'normalized';

/** An augmentation of images in one form. */
export function withPixels<Pixels>(
  pixels: PixelForm,
  augmentation: (context: EpochContext) => ImageTransform<Pixels>,
): Augmentation<Pixels> {
  return Object.assign(augmentation, { pixels });
}

/** Pixels of either form, for augmentations that only move values. */
export type AnyPixels = Float32Array | Uint8Array;
