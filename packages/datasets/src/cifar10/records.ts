import type { ImageSet } from '../image-set';
import { imageSize, planeSize, recordSize, side } from './format';

/**
 * Rewrites images as the records of the published binary form: label, red plane, green plane, blue plane.
 *
 * @param pixels [count, 32, 32, 3]
 * @param labels [count]
 * @returns [count, 3073]
 */
export function packRecords(pixels: Uint8Array, labels: ArrayLike<number>): Uint8Array<ArrayBuffer> {
  const count = labels.length;
  const records = new Uint8Array(count * recordSize);
  for (let n = 0; n < count; n++) {
    const record = n * recordSize;
    records[record] = labels[n]!;
    let from = n * imageSize;
    for (let red = record + 1, end = red + planeSize; red < end; red++, from += 3) {
      records[red] = pixels[from]!;
      records[red + planeSize] = pixels[from + 1]!;
      records[red + 2 * planeSize] = pixels[from + 2]!;
    }
  }
  return records;
}

/**
 * Writes records into an image set from image number `first` on: the inverse of {@link packRecords}.
 *
 * @param records [count, 3073]
 */
export function unpackRecords(records: Uint8Array, into: ImageSet, first: number): void {
  const { images, labels } = into;
  const count = records.length / recordSize;
  for (let n = 0; n < count; n++) {
    const record = n * recordSize;
    labels[first + n] = records[record]!;
    let to = (first + n) * imageSize;
    for (let red = record + 1, end = red + planeSize; red < end; red++, to += 3) {
      images[to] = records[red]!;
      images[to + 1] = records[red + planeSize]!;
      images[to + 2] = records[red + 2 * planeSize]!;
    }
  }
}

/** An image set of black images, to be filled. */
export function emptyImages(count: number): ImageSet {
  return {
    images: new Uint8Array(count * imageSize),
    labels: new Uint8Array(count),
    count,
    height: side,
    width: side,
    channels: 3,
  };
}
