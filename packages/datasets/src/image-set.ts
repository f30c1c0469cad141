import { show } from '@tenfold/checks';

/** Class indices, in an integer array that is large enough for the number of classes. */
export type Labels = Uint8Array | Uint16Array | Int32Array;

/** Labeled images of the same size: image `i` is `images.subarray(i * size, (i + 1) * size)`, with size = height · width · channels. */
export interface ImageSet {
  /** Pixels [count, height, width, channels], 0 … 255. */
  readonly images: Uint8Array;
  /** Class index of each image, [count]. */
  readonly labels: Labels;
  /** The number of images. */
  readonly count: number;
  /** Height of an image in pixels. */
  readonly height: number;
  /** Width of an image in pixels. */
  readonly width: number;
  /** Number of channels: 1 for gray, 3 for red, green and blue. */
  readonly channels: number;
}

/**
 * Checks that an image set has bytes and class indices, in the numbers given by its sizes.
 *
 * @param caller name of the calling function; starts errors
 * @throws when it is not an image set, or an array has the wrong length or type
 */
export function checkImageSet(caller: string, set: ImageSet): void {
  if (typeof set !== 'object' || set === null || !('images' in set && 'labels' in set)) {
    throw new Error(
      `${caller}: the image set is ${show(set)}; give { images, labels, count, height, width, channels }`,
    );
  }
  const { images, labels, count, height, width, channels } = set;
  for (const [name, size] of Object.entries({ count, height, width, channels })) {
    if (Number.isInteger(size) && size >= (name === 'count' ? 0 : 1)) continue;
    throw new Error(`${caller}: ${name} of the image set is ${show(size)}; give an integer`);
  }
  // A canvas returns a Uint8ClampedArray.
  if (!(images instanceof Uint8Array || (images as unknown) instanceof Uint8ClampedArray)) {
    throw new Error(
      `${caller}: images is ${show(images)}; give bytes in a Uint8Array, or use fromArrays for other numbers`,
    );
  }
  checkLabels(caller, labels);
  const pixels = count * height * width * channels;
  if (images.length !== pixels || labels.length !== count) {
    throw new Error(
      `${caller}: the image set has the shape [${[count, height, width, channels]}] but ${images.length} bytes of ` +
        `images and ${labels.length} labels; expected ${pixels} bytes and ${count} labels`,
    );
  }
}

/**
 * Checks that labels are class indices.
 *
 * @throws when they are in an array of another type, which may hold fractions, or one is negative
 */
export function checkLabels(caller: string, labels: Labels): void {
  if (!(labels instanceof Uint8Array || labels instanceof Uint16Array || labels instanceof Int32Array)) {
    throw new Error(
      `${caller}: labels is ${show(labels)}; give class indices in a Uint8Array, Uint16Array or Int32Array, or use ` +
        'fromArrays for other numbers',
    );
  }
  const negative = labels.findIndex((label) => label < 0);
  if (negative >= 0) {
    throw new Error(`${caller}: label ${negative} is ${labels[negative]}; give class indices of at least 0`);
  }
}
