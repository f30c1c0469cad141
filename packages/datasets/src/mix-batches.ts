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
import type { Batch, BatchSource } from './batch-source';
import { rngKind } from './epoch-plan';
import { sampleBeta } from './sample-beta';

/** Options of {@link mixBatches}. */
export interface MixBatchesOptions {
  /** How many classes the labels have. */
  classes: number;
  /** α of mixup; 0, the default, for none. */
  mixup?: number;
  /** α of CutMix; 0, the default, for none. With both, every mixed batch gets one of them, each with probability 1/2. */
  cutmix?: number;
  /** The probability that a batch is mixed at all. Default 1. */
  probability?: number;
  /** Seed of everything random here. Default 0. */
  seed?: number;
  /** The stream that everything random here is forked from, instead of `seed`. */
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
 * Mixes every image of a batch with another one of it, and their labels alike: mixup and cutmix.
 *
 * mixup:  x' = λ·x + (1 − λ)·x̃, y' = λ·y + (1 − λ)·ỹ, λ ~ Beta(α, α) for each batch
 * cutmix: a rectangle of x is replaced by that of x̃, its sides √(1 − λ) of the image's, its center anywhere, cut at the
 *         border; then λ is the share of the image that is left
 *
 * with (x̃, ỹ) the batch in reverse order: of shuffled batches, a random partner.
 *
 * @param source batches of images [batch, height, width, channels] and class indices [batch]
 * @returns the same batches, with probabilities [batch, classes] as labels in all of them, mixed or not
 * @throws when an option is wrong, for batches of other shapes, and for labels that are not classes
 * @example
 * const source = mixBatches(batches(train, { batchSize: 500, shuffle: true }), { classes: 10, mixup: 0.2 });
 * @see Zhang et al., "mixup: Beyond Empirical Risk Minimization", 2018, https://arxiv.org/abs/1710.09412;
 *   Yun et al., "CutMix", 2019, https://arxiv.org/abs/1905.04899, section 3.1
 */
export function mixBatches(source: BatchSource, options: MixBatchesOptions): BatchSource {
  assertArgument('mixBatches', 'source', source, required(objectWith('a source of batches', 'batches')));
  assertOptions('mixBatches', options, kinds);
  const { classes, mixup = 0, cutmix = 0, probability = 1, seed = 0, rng = createRng(seed) } = options;
  /** What becomes of a batch depends on the seed, the epoch and its place alone. */
  const mix = (batch: Batch, own: Rng): Batch => {
    assertImages(batch);
    const isMixed = own.uniform() < probability && mixup + cutmix > 0;
    const isCut = isMixed && cutmix > 0 && (mixup === 0 || own.uniform() < 0.5);
    if (!isMixed) return withProbabilities(batch, classes);
    const share = sampleBeta(own, isCut ? cutmix : mixup);
    return isCut ? cutMixed(batch, classes, share, own) : mixedUp(batch, classes, share);
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
          mixed = mix(batch, rng.fork('mix', epoch, place++));
        } finally {
          tf.dispose([batch.xs, batch.ys]);
        }
        yield mixed;
      }
    },
  };
}

/** Probabilities [batch, classes] of class indices. */
function oneHot(ys: tf.Tensor, classes: number): tf.Tensor {
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

const mixedUp = ({ xs, ys }: Batch, classes: number, share: number): Batch =>
  tf.tidy(() => ({ xs: blend(xs, share), ys: blend(oneHot(ys, classes), share) }));

function cutMixed({ xs, ys }: Batch, classes: number, share: number, rng: Rng): Batch {
  const [, height, width] = xs.shape as [number, number, number, number];
  const side = Math.sqrt(1 - share);
  const [top, bottom] = range(height, side, rng);
  const [left, right] = range(width, side, rng);
  const mask = new Float32Array(height * width).fill(1);
  for (let y = top; y < bottom; y++) mask.fill(0, y * width + left, y * width + right);
  const kept = 1 - ((bottom - top) * (right - left)) / (height * width);
  return tf.tidy(() => {
    const own = tf.tensor(mask, [1, height, width, 1]);
    const images = tf.add(tf.mul(xs, own), tf.mul(tf.reverse(xs, 0), tf.sub(1, own)));
    return { xs: images, ys: blend(oneHot(ys, classes), kept) };
  });
}

/** Where a stretch of that share begins and ends, its center anywhere. */
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
