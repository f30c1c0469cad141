import '@tensorflow/tfjs-backend-cpu';
import { createRng } from '@tenfold/random';
import { expectNoLeaks } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { BatchSource } from './batch-source';
import { type MixBatchesOptions, mixBatches } from './mix-batches';

beforeAll(() => tf.setBackend('cpu'));

const [BATCH, SIDE, CLASSES] = [4, 8, 5];

/** All values of image i of a batch are i + 1, and its label is i. */
const source: BatchSource = {
  batchSize: BATCH,
  stepsPerEpoch: 60,
  size: 60 * BATCH,
  *batches() {
    for (let step = 0; step < 60; step++) {
      const xs = tf.tidy(() =>
        tf.mul(tf.ones([BATCH, SIDE, SIDE, 1]), tf.reshape(tf.range(1, BATCH + 1), [BATCH, 1, 1, 1])),
      );
      yield { xs, ys: tf.range(0, BATCH, 1, 'int32') };
    }
  },
};

interface Mixed {
  xs: number[][];
  ys: number[][];
}

/** Every batch of an epoch: its images and labels, row by row. */
function readEpoch(options: Partial<MixBatchesOptions>, epoch = 0, from = source): Mixed[] {
  const found: Mixed[] = [];
  for (const { xs, ys } of mixBatches(from, { classes: CLASSES, seed: 3, ...options }).batches(epoch)) {
    expect([xs.shape, ys.shape, ys.dtype]).toEqual([[BATCH, SIDE, SIDE, 1], [BATCH, CLASSES], 'float32']);
    const rows = (t: tf.Tensor) => {
      const values = [...t.dataSync()];
      const size = values.length / BATCH;
      return Array.from({ length: BATCH }, (_, i) => values.slice(i * size, (i + 1) * size));
    };
    found.push({ xs: rows(xs), ys: rows(ys) });
    tf.dispose([xs, ys]);
  }
  return found;
}

/** The fraction of its label that an image keeps. */
const keptFraction = ({ ys }: Mixed) => ys[0]![0]!;
const isPlain = (batch: Mixed) => keptFraction(batch) === 1;

describe('mixBatches', () => {
  it('mixup: blends images and labels with the reversed batch in the same proportion, different in every batch', () => {
    const epoch = readEpoch({ mixup: 1 });
    for (const batch of epoch) {
      const share = keptFraction(batch);
      batch.xs.forEach((image, i) => {
        const expected = share * (i + 1) + (1 - share) * (BATCH - i);
        for (const value of image) expect(value).toBeCloseTo(expected, 5);
        expect(batch.ys[i]![i]).toBeCloseTo(share, 6);
        expect(batch.ys[i]![BATCH - 1 - i]).toBeCloseTo(1 - share, 6);
        expect(batch.ys[i]!.reduce((sum, p) => sum + p)).toBeCloseTo(1, 6);
      });
    }
    expect(new Set(epoch.map(keptFraction)).size).toBe(60);
  });

  it('CutMix: pastes a rectangle of the partner, and mixes labels by area', () => {
    const epoch = readEpoch({ cutmix: 1 });
    let cutAtBorder = 0;
    for (const batch of epoch) {
      batch.xs.forEach((image, i) => {
        const foreign = [...image.keys()].filter((at) => image[at] === BATCH - i);
        expect(image.filter((value) => value === i + 1)).toHaveLength(image.length - foreign.length);
        expect(batch.ys[i]![i]).toBeCloseTo(1 - foreign.length / SIDE ** 2, 6);
        const [rows, columns] = [foreign.map((at) => Math.floor(at / SIDE)), foreign.map((at) => at % SIDE)];
        if (foreign.length === 0) return;
        const extent = (values: number[]) => Math.max(...values) - Math.min(...values) + 1;
        expect(extent(rows) * extent(columns)).toBe(foreign.length); // a rectangle
        if (extent(rows) !== extent(columns)) cutAtBorder++;
      });
    }
    expect(cutAtBorder).toBeGreaterThan(0);
    const kept = epoch.map(keptFraction);
    expect(Math.min(...kept)).toBeLessThan(0.4);
    expect(Math.max(...kept)).toBeGreaterThan(0.9);
  });

  it('CutMix: leaves no trace of the pixels that it replaces, not even of NaN', () => {
    const spoiled: BatchSource = {
      ...source,
      *batches(epoch) {
        for (const { xs, ys } of source.batches(epoch)) {
          // The first image is NaN, and the last, its partner, infinite.
          const ends = tf.tensor([Number.NaN, 1, 1, Infinity], [BATCH, 1, 1, 1]);
          const batch = { xs: tf.mul(xs, ends), ys };
          tf.dispose([xs, ends]);
          yield batch;
        }
      },
    };
    for (const { xs, ys } of readEpoch({ cutmix: 1 }, 0, spoiled)) {
      const kept = Math.round(ys[0]![0]! * SIDE ** 2);
      expect(xs[0]!.filter(Number.isNaN)).toHaveLength(kept);
      expect(xs[0]!.filter((value) => value === Infinity)).toHaveLength(SIDE ** 2 - kept);
      expect(xs[3]!.filter((value) => value === Infinity)).toHaveLength(kept);
    }
  });

  it('applies one of both at random, and only to some batches with a probability', () => {
    const isCut = ({ xs }: Mixed) => xs[0]!.every((value) => value === 1 || value === BATCH);
    const both = [0, 1, 2, 3, 4].flatMap((epoch) =>
      readEpoch({ mixup: 1, cutmix: 1, probability: 0.5 }, epoch),
    );
    const plain = both.filter(isPlain).length;
    const cut = both.filter((batch) => !isPlain(batch) && isCut(batch)).length;
    expect(plain / 300).toBeCloseTo(0.5, 0.9);
    expect(cut / (300 - plain)).toBeCloseTo(0.5, 0.7);
  });

  it('does not change images if both are off, but converts labels to probabilities', () => {
    for (const options of [{}, { mixup: 1, probability: 0 }]) {
      expect(readEpoch(options).every(isPlain)).toBe(true);
      expect(readEpoch(options)[0]!.ys[2]).toEqual([0, 0, 1, 0, 0]);
    }
  });

  it('depends only on the seed, the epoch and the position of the batch', () => {
    const options = { mixup: 0.5, cutmix: 1 };
    expect(readEpoch(options, 4)).toEqual(readEpoch(options, 4));
    expect(readEpoch(options, 4)).not.toEqual(readEpoch(options, 5));
    expect(readEpoch(options, 4)).not.toEqual(readEpoch({ ...options, seed: 4 }, 4));
  });

  it('disposes the batches of its source, also if iteration stops early', async () => {
    await expectNoLeaks(() => void readEpoch({ mixup: 1, cutmix: 1 }));
    await expectNoLeaks(() => {
      for (const { xs, ys } of mixBatches(source, { classes: CLASSES, mixup: 1 }).batches(0)) {
        tf.dispose([xs, ys]);
        break;
      }
    });
  });

  it.each<[Partial<MixBatchesOptions>, RegExp]>([
    [{ classes: 0 }, /^mixBatches: classes is 0; give an integer of at least 1/],
    [{ mixup: -1 }, /^mixBatches: mixup is -1; give a finite number of at least 0/],
    [{ cutmix: Number.NaN }, /^mixBatches: cutmix is NaN/],
    [{ probability: 1.5 }, /^mixBatches: probability is 1.5; give a number in \[0, 1\]/],
  ])('rejects %j', (options, message) => {
    expect(() => mixBatches(source, { classes: CLASSES, ...options })).toThrow(message);
  });

  it.each([5, -1, -100, 1.5, Number.NaN])(
    'rejects the label %s of five classes, and leaves no tensor',
    async (label) => {
      const wrong: BatchSource = {
        ...source,
        *batches() {
          yield { xs: tf.zeros([2, 4, 4, 1]), ys: tf.tensor1d([4, label]) };
        },
      };
      for (const mixup of [0, 1]) {
        await expectNoLeaks(() => {
          expect(() => [...mixBatches(wrong, { classes: CLASSES, mixup }).batches(0)]).toThrow(
            `mixBatches: label 1 of a batch is ${label}; give integers from 0 to 4`,
          );
        });
      }
    },
  );

  it('rejects anything that is not a source', () => {
    for (const other of [undefined, null, 5, [], {}]) {
      expect(() => mixBatches(other as unknown as BatchSource, { classes: 2 })).toThrow(
        /^mixBatches: source is .*; give a source of batches/,
      );
    }
  });

  it('rejects batches that are not images, and disposes them', async () => {
    const vectors: BatchSource = {
      ...source,
      *batches() {
        yield { xs: tf.zeros([4, 3]), ys: tf.zeros([4], 'int32') };
      },
    };
    await expectNoLeaks(() => {
      expect(() => [...mixBatches(vectors, { classes: 2, mixup: 1 }).batches(0)]).toThrow(
        /a batch has shapes \[4,3\] and \[4\]; give images/,
      );
    });
  });
});

it('rejects a stream whose forks are no streams', () => {
  const rng = { ...createRng(1), fork: () => ({}) as never };
  const before = tf.memory().numTensors;
  expect(() => [...mixBatches(source, { classes: CLASSES, mixup: 1, rng }).batches(0)]).toThrow(
    /^mixBatches: the result of rng\.fork is an empty object; give a stream from createRng$/,
  );
  expect(tf.memory().numTensors).toBe(before);
});

it('rejects more probabilities than fit into memory', () => {
  expect(() => [...mixBatches(source, { classes: 2 ** 31 - 1 }).batches(0)]).toThrow(
    /^mixBatches: the labels of a batch of 4 images with 2147483647 classes are 8589934588 numbers; give at most/,
  );
});
