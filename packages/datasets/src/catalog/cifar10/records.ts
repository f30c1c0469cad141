import type { Part } from '../../fetching/declaration';
import type { ImageSet } from '../../image-set';

export const side = 32;
const planeSize = side * side;
const imageSize = 3 * planeSize;
/** The size of a record: one label byte, then the red, green and blue planes. */
export const recordSize = 1 + imageSize;

/**
 * Converts images to records of the published binary format: label, red plane, green plane, blue plane.
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
 * Converts records to images, the inverse of {@link packRecords}.
 *
 * @param take returns the records of a part, [count, 3073]
 */
export function unpackRecords(parts: readonly Part[], take: (file: string) => Uint8Array): ImageSet {
  const count = parts.reduce((sum, { bytes }) => sum + bytes / recordSize, 0);
  const images = new Uint8Array(count * imageSize);
  const labels = new Uint8Array(count);
  let n = 0;
  for (const { file } of parts) {
    const records = take(file);
    for (let record = 0; record < records.length; record += recordSize, n++) {
      labels[n] = records[record]!;
      let to = n * imageSize;
      for (let red = record + 1, end = red + planeSize; red < end; red++, to += 3) {
        images[to] = records[red]!;
        images[to + 1] = records[red + planeSize]!;
        images[to + 2] = records[red + 2 * planeSize]!;
      }
    }
  }
  return { images, labels, count, height: side, width: side, channels: 3 };
}
