import { assertArgument, type Kind, required, show } from '@tenfold/checks';
import { checkImageSet, type ImageSet } from './image-set';

const chosenKind: Kind = {
  expected: 'a list of indices, or a number n for the first n images',
  accepts: (value) =>
    typeof value === 'number' || Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value),
};

/**
 * Copies selected images into a new set.
 *
 * @param chosen the indices in the desired order, with repetitions allowed, or a number n for the first n images
 * @throws when an index is outside the set
 * @example
 * const small = subset(train, 1000);
 * const frogs = subset(train, [...train.labels.keys()].filter((i) => train.labels[i] === 6));
 */
export function subset(imageSet: ImageSet, chosen: ArrayLike<number> | number): ImageSet {
  checkImageSet('subset', imageSet);
  assertArgument('subset', 'chosen', chosen, required(chosenKind));
  const { count, height, width, channels } = imageSet;
  const indices = typeof chosen === 'number' ? firstOnes(chosen, count) : chosen;
  const imageSize = height * width * channels;
  const images = new Uint8Array(indices.length * imageSize);
  const labels = new (imageSet.labels.constructor as Uint8ArrayConstructor)(indices.length);
  for (let n = 0; n < indices.length; n++) {
    const index = indices[n]!;
    if (!Number.isInteger(index) || index < 0 || index >= count) {
      throw new Error(`subset: index ${show(index)} is not in the set; give integers from 0 to ${count - 1}`);
    }
    images.set(imageSet.images.subarray(index * imageSize, (index + 1) * imageSize), n * imageSize);
    labels[n] = imageSet.labels[index]!;
  }
  return { images, labels, count: indices.length, height, width, channels };
}

function firstOnes(n: number, count: number): Uint32Array {
  if (!Number.isInteger(n) || n < 0 || n > count) {
    throw new Error(
      `subset: chosen is ${n} but there are ${count} images; give an integer from 0 to ${count}`,
    );
  }
  return Uint32Array.from({ length: n }, (_, i) => i);
}
