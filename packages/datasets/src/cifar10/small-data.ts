// A data set in CIFAR-10's form with three images in each part; for tests only.
import { createHash } from 'node:crypto';
import { type BatchName, batchNames, type Format, imageSize } from '../format';
import { packRecords } from '../records';

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

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

export const smallFormat: Format = {
  imagesPerBatch,
  digests: Object.fromEntries(
    batchNames.map((batch) => [batch, sha256(smallRecords(batch))]),
  ) as Format['digests'],
};
