import {
  assertArgument,
  assertOptions,
  callGiven,
  finite,
  func,
  type Kind,
  type Kinds,
  listOf,
  positive,
  required,
} from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { Augmentation, PixelForm } from './augment/augmentation';
import type { Batch, BatchSource } from './batch-source';
import { type BatchOptions, batchKinds, forkStream, planEpochs } from './epoch-plan';
import { checkImageSet, type ImageSet } from './image-set';

/** Options of {@link batches}. */
export interface ImageBatchOptions extends BatchOptions {
  /** Mean of each channel, for pixels scaled to 0 … 1. Default: zeros. */
  mean?: readonly number[];
  /** Standard deviation of each channel, for pixels scaled to 0 … 1. Default: ones. */
  standardDeviation?: readonly number[];
  /** Augmentations of the bytes of each image before normalization, in order. Default: none. */
  augmentBytes?: readonly Augmentation<Uint8Array>[];
  /** Augmentations of each image after normalization, in order. Default: none. */
  augment?: readonly Augmentation[];
}

const batchesKinds = (channels: number): Kinds<ImageBatchOptions> => {
  const perChannel = (kind: Kind): Kind => ({
    expected: `${channels} ${kind.expected.replace(/^a (.*number)/, '$1s')}, one for each channel`,
    accepts: listOf(kind, channels).accepts,
  });
  return {
    ...batchKinds,
    mean: perChannel(finite),
    standardDeviation: perChannel(positive),
    augmentBytes: listOf(func),
    augment: listOf(func),
  };
};

/**
 * Makes normalized, augmented batches of an image set: x = (pixel / 255 − mean) / standardDeviation for each channel.
 *
 * Batches are created on demand. Order and augmentation depend only on the seed, the epoch and the index of each image, not on the
 * batch size.
 *
 * @param imageSet bytes [count, height, width, channels]; they are not changed
 * @returns batches with xs float32 [batch, height, width, channels] and ys int32 [batch]
 * @throws when the set or an option is wrong, such as a mean for another number of channels, or an augmentation of bytes in
 *   `augment`
 * @example
 * const { train, mean, standardDeviation } = await cifar10();
 * const source = batches(train, {
 *   batchSize: 500, shuffle: true, seed: 1, mean, standardDeviation,
 *   augment: [reflectShift({ pixels: 2 }), alternatingFlip()],
 * });
 * for (const { xs, ys } of source.batches(0)) {
 *   // train on the batch …
 *   tf.dispose([xs, ys]);
 * }
 */
export function batches(imageSet: ImageSet, options: ImageBatchOptions): BatchSource {
  checkImageSet('batches', imageSet);
  const { count, height, width, channels, images, labels } = imageSet;
  assertOptions('batches', options, batchesKinds(channels));
  const {
    batchSize,
    mean = new Array(channels).fill(0),
    standardDeviation = new Array(channels).fill(1),
    augmentBytes = [],
    augment = [],
  } = options;
  assertPixels('augmentBytes', augmentBytes, 'bytes');
  assertPixels('augment', augment, 'normalized');
  const tables = normalizationTables(mean, standardDeviation);
  const { rng, order, stepsPerEpoch, size } = planEpochs('batches', count, options);
  const imageSize = height * width * channels;

  function* epochBatches(epoch: number): Generator<Batch> {
    const start = <Pixels>(stage: string, augmentations: readonly Augmentation<Pixels>[]) =>
      augmentations.map((augmentation, i) => {
        const fixedRng = forkStream('batches', rng, stage, i);
        const epochRng = forkStream('batches', fixedRng, epoch);
        const transform = callGiven(augmentation, {
          count,
          height,
          width,
          channels,
          epoch,
          rng: epochRng,
          fixedRng,
        });
        assertArgument('batches', `the result of ${stage}[${i}]`, transform, required(func));
        return transform;
      });
    const byteTransforms = start('augmentBytes', augmentBytes);
    const transforms = start('augment', augment);
    const changed = new Uint8Array(byteTransforms.length > 0 ? imageSize : 0);
    for (const indices of order(epoch)) {
      // Each batch gets new arrays, because a backend may keep an array instead of copying it.
      const xs = new Float32Array(indices.length * imageSize);
      const ys = new Int32Array(indices.length);
      for (let n = 0; n < indices.length; n++) {
        const index = indices[n]!;
        if (byteTransforms.length > 0) {
          changed.set(images.subarray(index * imageSize, (index + 1) * imageSize));
          for (const transform of byteTransforms) transform(changed, index);
          normalize(changed, 0, xs, n * imageSize, imageSize, tables);
        } else {
          normalize(images, index * imageSize, xs, n * imageSize, imageSize, tables);
        }
        if (transforms.length > 0) {
          const image = xs.subarray(n * imageSize, (n + 1) * imageSize);
          for (const transform of transforms) transform(image, index);
        }
        ys[n] = labels[index]!;
      }
      yield {
        xs: tf.tensor4d(xs, [indices.length, height, width, channels]),
        ys: tf.tensor1d(ys, 'int32'),
      };
    }
  }
  return { batchSize, stepsPerEpoch, size, batches: epochBatches };
}

const forms = {
  bytes: { images: 'bytes', option: 'augmentBytes' },
  normalized: { images: 'normalized images', option: 'augment' },
};

/** Throws when an augmentation in a list changes images of the other form. */
function assertPixels(
  option: string,
  augmentations: readonly { pixels?: PixelForm }[],
  form: PixelForm,
): void {
  for (const [i, { pixels = form }] of augmentations.entries()) {
    if (pixels === form || !Object.hasOwn(forms, pixels)) continue;
    const other = forms[pixels];
    throw new Error(
      `batches: ${option}[${i}] changes ${other.images}, not ${forms[form].images}; give it in ${other.option}`,
    );
  }
}

/** The normalized value of each byte in each channel, [channels, 256]: a lookup is faster than the arithmetic. */
function normalizationTables(mean: readonly number[], standardDeviation: readonly number[]): Float32Array[] {
  return mean.map((m, c) =>
    Float32Array.from({ length: 256 }, (_, byte) => (byte / 255 - m) / standardDeviation[c]!),
  );
}

function normalize(
  bytes: ArrayLike<number>,
  from: number,
  out: Float32Array,
  to: number,
  length: number,
  tables: readonly Float32Array[],
): void {
  const channels = tables.length;
  if (channels === 3) {
    const [red, green, blue] = tables as [Float32Array, Float32Array, Float32Array];
    for (let i = 0; i < length; i += 3) {
      out[to + i] = red[bytes[from + i]!]!;
      out[to + i + 1] = green[bytes[from + i + 1]!]!;
      out[to + i + 2] = blue[bytes[from + i + 2]!]!;
    }
    return;
  }
  for (let c = 0; c < channels; c++) {
    const table = tables[c]!;
    for (let i = c; i < length; i += channels) out[to + i] = table[bytes[from + i]!]!;
  }
}
