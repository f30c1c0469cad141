/** Labelled images of one size, as bytes: image `i` is `images.subarray(i * height * width * channels)`. */
export interface ImageSet {
  /** Pixels as [count, height, width, channels], 0 … 255. */
  readonly images: Uint8Array;
  /** Class index of each image, [count]. */
  readonly labels: Uint8Array;
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/**
 * Checks that the arrays of an image set have the lengths that its sizes say.
 *
 * @param caller name of the function that was given the set; the error message begins with it
 * @throws when an array is longer or shorter than that
 */
export function checkImageSet(caller: string, set: ImageSet): void {
  const { count, height, width, channels } = set;
  const pixels = count * height * width * channels;
  if (set.images.length !== pixels || set.labels.length !== count) {
    throw new Error(
      `${caller}: the image set says [${[count, height, width, channels]}] but has ${set.images.length} bytes of ` +
        `images and ${set.labels.length} labels; expected ${pixels} bytes and ${count} labels`,
    );
  }
}
