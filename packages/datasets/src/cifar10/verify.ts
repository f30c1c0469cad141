import { type BatchName, type Format, recordSize } from './format';

/**
 * Compares a part's records with the published sha256.
 *
 * @returns null when they are the same, else what is wrong
 */
export async function whatIsWrong(
  batch: BatchName,
  records: Uint8Array<ArrayBuffer>,
  format: Format,
): Promise<string | null> {
  const expected = format.imagesPerBatch * recordSize;
  if (records.length !== expected)
    return `${batch} has ${records.length} bytes of records, expected ${expected}`;
  if (!globalThis.crypto?.subtle) {
    throw new Error(
      'cifar10: this page cannot compute sha256 (crypto.subtle is missing); serve it over https or from localhost',
    );
  }
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', records));
  const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex === format.digests[batch]
    ? null
    : `${batch} is damaged or is other data: its sha256 is ${hex}, expected ${format.digests[batch]}`;
}
