import { cifar10Declaration } from '../src/catalog/cifar10/cifar10';
import { packRecords } from '../src/catalog/cifar10/records';
import type { Part } from '../src/fetching/declaration';

export const imagesPerPart = 3;
export const imageSize = 3072;

const names = ['data_batch_1', 'data_batch_2', 'data_batch_3', 'data_batch_4', 'data_batch_5', 'test_batch'];
/** The parts of CIFAR-10 without their endings. */
export type PartName = (typeof names)[number];
export const partNames: readonly PartName[] = names;

/** Pixels and labels of one part of the small dataset: every part is different. */
export function smallPart(name: PartName): { pixels: Uint8Array; labels: Uint8Array } {
  const seed = names.indexOf(name) + 1;
  return {
    pixels: Uint8Array.from(
      { length: imagesPerPart * imageSize },
      (_, i) => Math.imul(i + 1, seed * 40503) >>> 7,
    ),
    labels: Uint8Array.from({ length: imagesPerPart }, (_, i) => (seed * 3 + i) % 10),
  };
}

/** The records of one part of the small dataset. */
export function smallRecords(name: PartName): Uint8Array<ArrayBuffer> {
  const { pixels, labels } = smallPart(name);
  return packRecords(pixels, labels);
}

async function createPart(name: PartName): Promise<Part> {
  const content = smallRecords(name);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', content));
  const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return { file: `${name}.bin`, bytes: content.length, sha256 };
}

/** CIFAR-10 with three images in each part. */
export const smallDataset = cifar10Declaration(await Promise.all(names.map(createPart)));
