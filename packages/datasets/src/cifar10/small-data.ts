// A data set in CIFAR-10's form with three images in each part; for tests only.
import { type BatchName, batchNames, type Format, imageSize } from './format';
import { packRecords } from './records';

export const imagesPerBatch = 3;

/** Pixels and labels of one part of the small data set: every part is different. */
export function smallPart(batch: BatchName): { pixels: Uint8Array; labels: Uint8Array } {
  const seed = batchNames.indexOf(batch) + 1;
  return {
    pixels: Uint8Array.from(
      { length: imagesPerBatch * imageSize },
      (_, i) => Math.imul(i + 1, seed * 40503) >>> 7,
    ),
    labels: Uint8Array.from({ length: imagesPerBatch }, (_, i) => (seed * 3 + i) % 10),
  };
}

export function smallRecords(batch: BatchName): Uint8Array<ArrayBuffer> {
  const { pixels, labels } = smallPart(batch);
  return packRecords(pixels, labels);
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export const smallFormat: Format = {
  imagesPerBatch,
  digests: Object.fromEntries(
    await Promise.all(batchNames.map(async (batch) => [batch, await sha256(smallRecords(batch))])),
  ) as Format['digests'],
};
