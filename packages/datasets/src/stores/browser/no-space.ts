import { formatReason } from '../../fetching/source';
import { type Stored, StoreError, totalBytes } from '../store';

/** The error when the browser cannot store a part. */
export function noSpace(error: unknown, dataset: Stored): StoreError {
  const needed = Math.ceil(totalBytes(dataset) / 1e6);
  return new StoreError(
    `${dataset.name}: the browser cannot store the dataset (${formatReason(error)}); it needs ${needed} MB: ` +
      'free space, or leave the private window',
    { cause: error },
  );
}
