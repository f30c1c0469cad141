import {
  assertArgument,
  assertOptions,
  count as countKind,
  type Kinds,
  nonNegative,
  objectWith,
  probability as probabilityKind,
  required,
  seed as seedKind,
} from '@tenfold/checks';
import { createRng, type Rng } from '@tenfold/random';
import * as tf from '@tensorflow/tfjs-core';
import { assertSize } from './assert-size';
import type { Batch, BatchSource } from './batch-source';
import { forkStream, rngKind } from './epoch-plan';
import { sampleBeta } from './sample-beta';

/** Options of {@link mixBatches}. */
export interface MixBatchesOptions {
  /** Number of classes. */
  classes: number;
  /** α of mixup; 0, the default, turns it off. */
  mixup?: number;
  /** α of CutMix; 0, the default, turns it off. If both are on, each mixed batch gets one of them, with probability 1/2. */
  cutmix?: number;
  /** The probability of mixing a batch. Default 1. */
  probability?: number;
  /** Seed of all random numbers. Default 0. */
  seed?: number;
  /** The stream to fork all random streams from, instead of `seed`. */
  rng?: Rng;
}

const kinds: Kinds<MixBatchesOptions> = {
  classes: required(countKind),
  mixup: nonNegative,
  cutmix: nonNegative,
  probability: probabilityKind,
  seed: seedKind,
  rng: rngKind,
};

/**
 * Mixes each image of a batch with another image of the batch, and their labels in the same proportion: mixup and CutMix.
 *
 * mixup:  x' = λ·x + (1 − λ)·x̃, y' = λ·y + (1 − λ)·ỹ, with λ ~ Beta(α, α) for each batch
 * CutMix: a rectangle of x̃ replaces that of x. Its sides are √(1 − λ) times those of the image, its center is uniform, and it is
 *         clipped at the border. Then λ is the fraction of the image that remains.
 *
 * (x̃, ỹ) is the batch in reverse order, which is a random partner if the batches are shuffled.
 *
 * @param source batches of images [batch, height, width, channels] and class indices [batch]
 * @returns the same batches, mixed or not, with class probabilities [batch, classes] as labels
 * @throws when an option is wrong, a batch has another shape, or a label is not a class
 * @example
 * const source = mixBatches(batches(train, { batchSize: 500, shuffle: true }), { classes: 10, mixup: 0.2 });
 * @see Zhang et al., "mixup: Beyond Empirical Risk Minimization", 2018, https://arxiv.org/abs/1710.09412;
 *   Yun et al., "CutMix", 2019, https://arxiv.org/abs/1905.04899, section 3.1
 */
export function mixBatches(source: BatchSource, options: MixBatchesOptions): BatchSource {
  assertArgument('mixBatches', 'source', source, required(objectWith('a source of batches', 'batches')));
  assertOptions('mixBatches', options, kinds);
  const { classes, mixup = 0, cutmix = 0, probability = 1, seed = 0, rng = createRng(seed) } = options;
  /** The result depends only on the seed, the epoch and the position of the batch. */
  const mix = (batch: Batch, rng: Rng): Batch => {
    assertImages(batch);
    const isMixed = rng.uniform() < probability && mixup + cutmix > 0;
    const isCut = isMixed && cutmix > 0 && (mixup === 0 || rng.uniform() < 0.5);
    if (!isMixed) return withProbabilities(batch, classes);
    const lambda = sampleBeta(rng, isCut ? cutmix : mixup);
    return isCut ? applyCutMix(batch, classes, lambda, rng) : applyMixup(batch, classes, lambda);
  };
  return {
    batchSize: source.batchSize,
    stepsPerEpoch: source.stepsPerEpoch,
    size: source.size,
    *batches(epoch) {
      let place = 0;
      for (const batch of source.batches(epoch)) {
        let mixed: Batch;
        try {
          mixed = mix(batch, forkStream('mixBatches', rng, 'mix', epoch, place++));
        } finally {
          tf.dispose([batch.xs, batch.ys]);
        }
        yield mixed;
      }
    },
  };
}

/** Converts class indices to probabilities [batch, classes]. */
function oneHot(ys: tf.Tensor, classes: number): tf.Tensor {
  assertSize(
    'mixBatches',
    `the labels of a batch of ${ys.size} images with ${classes} classes`,
    ys.size,
    classes,
  );
  const labels = ys.dataSync();
  const rows = new Float32Array(labels.length * classes);
  labels.forEach((label, i) => {
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw new Error(
        `mixBatches: label ${i} of a batch is ${label}; give integers from 0 to ${classes - 1}`,
      );
    }
    rows[i * classes + label] = 1;
  });
  return tf.tensor(rows, [labels.length, classes]);
}

const withProbabilities = ({ xs, ys }: Batch, classes: number): Batch =>
  tf.tidy(() => ({ xs: tf.clone(xs), ys: oneHot(ys, classes) }));

const blend = (x: tf.Tensor, share: number) => tf.add(tf.mul(x, share), tf.mul(tf.reverse(x, 0), 1 - share));

const applyMixup = ({ xs, ys }: Batch, classes: number, share: number): Batch =>
  tf.tidy(() => ({ xs: blend(xs, share), ys: blend(oneHot(ys, classes), share) }));

function applyCutMix({ xs, ys }: Batch, classes: number, share: number, rng: Rng): Batch {
  const [, height, width] = xs.shape as [number, number, number, number];
  const side = Math.sqrt(1 - share);
  const [top, bottom] = range(height, side, rng);
  const [left, right] = range(width, side, rng);
  const mask = new Uint8Array(height * width).fill(1);
  for (let y = top; y < bottom; y++) mask.fill(0, y * width + left, y * width + right);
  const fraction = 1 - ((bottom - top) * (right - left)) / (height * width);
  return tf.tidy(() => {
    const isKept = tf.tensor(mask, [1, height, width, 1], 'bool');
    return { xs: tf.where(isKept, xs, tf.reverse(xs, 0)), ys: blend(oneHot(ys, classes), fraction) };
  });
}

/** A random interval with the given fraction of the size and a uniform center, clipped at the border. */
function range(size: number, share: number, rng: Rng): [begin: number, end: number] {
  const length = Math.floor(size * share);
  const begin = rng.integer(size) - Math.floor(length / 2);
  return [Math.max(0, begin), Math.min(size, begin + length)];
}

function assertImages({ xs, ys }: Batch): void {
  if (xs.rank !== 4 || ys.rank !== 1) {
    throw new Error(
      `mixBatches: a batch has shapes [${xs.shape}] and [${ys.shape}]; give images [batch, height, width, channels] and class indices [batch]`,
    );
  }
}
