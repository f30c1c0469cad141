import { show } from '@tenfold/checks';

/** Class indices, in an array whose numbers can be as large as there are classes. */
export type Labels = Uint8Array | Uint16Array | Int32Array;

/** Labeled images of one size, as bytes: image `i` is `images.subarray(i * size, (i + 1) * size)` with size = height · width · channels. */
export interface ImageSet {
  /** Pixels as [count, height, width, channels], 0 … 255. */
  readonly images: Uint8Array;
  /** Class index of each image, [count]. */
  readonly labels: Labels;
  /** How many images there are. */
  readonly count: number;
  /** Rows of an image. */
  readonly height: number;
  /** Columns of an image. */
  readonly width: number;
  /** Numbers of a pixel: 1 for gray, 3 for red, green and blue. */
  readonly channels: number;
}

/**
 * Checks that an image set has bytes and class indices, as many as its sizes say.
 *
 * @param caller name of the function that was given the set; the error message begins with it
 * @throws when it is not an image set, or an array is longer or shorter or of another kind
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
  // The clamped ones are what a canvas gives.
  if (!(images instanceof Uint8Array || (images as unknown) instanceof Uint8ClampedArray)) {
    throw new Error(
      `${caller}: images is ${show(images)}; give bytes of 0 … 255 in a Uint8Array, or numbers of any kind to fromArrays`,
    );
  }
  checkLabels(caller, labels);
  const pixels = count * height * width * channels;
  if (images.length !== pixels || labels.length !== count) {
    throw new Error(
      `${caller}: the image set says [${[count, height, width, channels]}] but has ${images.length} bytes of ` +
        `images and ${labels.length} labels; expected ${pixels} bytes and ${count} labels`,
    );
  }
}

/**
 * Checks that labels are class indices.
 *
 * @throws when they are in an array of another kind, which may hold fractions, or one is negative
 */
export function checkLabels(caller: string, labels: Labels): void {
  if (!(labels instanceof Uint8Array || labels instanceof Uint16Array || labels instanceof Int32Array)) {
    throw new Error(
      `${caller}: labels is ${show(labels)}; give class indices in a Uint8Array, Uint16Array or Int32Array, or numbers ` +
        'of any kind to fromArrays',
    );
  }
  const negative = labels.findIndex((label) => label < 0);
  if (negative >= 0) {
    throw new Error(`${caller}: label ${negative} is ${labels[negative]}; give class indices from 0 up`);
  }
}
