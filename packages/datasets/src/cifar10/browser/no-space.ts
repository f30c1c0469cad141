import { type Format, recordSize } from '../format';
import { StoreError } from '../load';
import { reasonOf } from '../source';

/** The browser does not keep a part. */
export function noSpace(error: unknown, format: Format): StoreError {
  const needed = Math.ceil((6 * format.imagesPerBatch * recordSize) / 1e6);
  return new StoreError(
    `cifar10: the browser cannot keep the data set (${reasonOf(error)}); it needs ${needed} MB: ` +
      'free space, or leave the private window',
    { cause: error },
  );
}
