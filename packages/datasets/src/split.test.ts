import '@tensorflow/tfjs-backend-cpu';
import { createRng } from '@tenfold/random';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { smallImages } from '../test/small-images';
import { fromArrays } from './from-arrays';
import type { ImageSet } from './image-set';
import { split } from './split';
import { twoMoons } from './synthetic/two-moons';
import type { VectorSet } from './synthetic/vector-set';

beforeAll(() => tf.setBackend('cpu'));

const counts = ({ labels }: ImageSet) => [0, 1, 2].map((label) => labels.filter((l) => l === label).length);
const listImages = (set: ImageSet) =>
  Array.from({ length: set.count }, (_, i) => set.images.subarray(i * 60, (i + 1) * 60).join());

describe('split', () => {
  const set = smallImages({ count: 60, classes: 3 });

  it('holds out the same number of each class and loses no image', () => {
    const { train, validation } = split(set, { validation: 15, seed: 1 });
    expect(counts(train)).toEqual([15, 15, 15]);
    expect(counts(validation)).toEqual([5, 5, 5]);
    expect([...listImages(train), ...listImages(validation)].sort()).toEqual(listImages(set).sort());
  });

  it('holds out in proportion if classes differ in size or do not divide evenly', () => {
    const uneven = {
      ...set,
      labels: Uint8Array.from({ length: 60 }, (_, i) => (i < 40 ? 0 : i < 55 ? 1 : 2)),
    };
    expect(counts(split(uneven, { validation: 12 }).validation)).toEqual([8, 3, 1]);
    expect(counts(split(set, { validation: 10 }).validation)).toEqual([4, 3, 3]);
  });

  it('depends only on the seed', () => {
    const run = (seed: number) => listImages(split(set, { validation: 15, seed }).validation);
    expect(run(1)).toEqual(run(1));
    expect(run(1)).not.toEqual(run(2));
  });

  it('holds out all or none, and rejects more', () => {
    expect(split(set, { validation: 0 }).validation.count).toBe(0);
    expect(split(set, { validation: 60 }).train.count).toBe(0);
    expect(() => split(set, { validation: 61 })).toThrow(
      /^split: validation is 61; give an integer from 0 to 60/,
    );
  });

  it('accepts a fraction below 1', () => {
    expect(counts(split(set, { validation: 0.25, seed: 1 }).validation)).toEqual([5, 5, 5]);
    expect(split(set, { validation: 0.25, seed: 1 })).toEqual(split(set, { validation: 15, seed: 1 }));
  });

  it('splits points by class', () => {
    const points = twoMoons({ count: 40, seed: 1 });
    const { train, validation } = split(points, { validation: 10, seed: 1 });
    expect([train.count, validation.count, validation.features, validation.classes]).toEqual([30, 10, 2, 2]);
    expect(validation.labels.filter((label) => label === 1)).toHaveLength(5);
    const rows = ({ points, labels }: VectorSet) =>
      Array.from(labels, (l, i) => `${points[2 * i]} ${points[2 * i + 1]} ${l}`);
    expect([...rows(train), ...rows(validation)].sort()).toEqual(rows(points).sort());
  });

  it('splits any arrays and keeps their form, examples with their labels', () => {
    const numbers = [...Array(10).keys()];
    const data = {
      xs: { nested: numbers.map((n) => [n, -n]), tensor: tf.tensor2d(numbers, [10, 1]) },
      ys: Float64Array.from(numbers, (n) => n / 2),
    };
    const { train, validation } = split(data, { validation: 3, seed: 1 });
    for (const [part, count] of [
      [train, 7],
      [validation, 3],
    ] as const) {
      expect(part.ys).toBeInstanceOf(Float64Array);
      const chosen = Array.from(part.ys, (y) => 2 * y);
      expect(chosen).toHaveLength(count);
      expect(part.xs.nested).toEqual(chosen.map((n) => [n, -n]));
      expect([part.xs.tensor.shape, [...part.xs.tensor.dataSync()]]).toEqual([[count, 1], chosen]);
    }
    expect([...train.ys, ...validation.ys].sort((a, b) => a - b)).toEqual([...data.ys]);
    expect(fromArrays(train.xs, train.ys, { batchSize: 7 }).size).toBe(7);
  });

  it.each<[unknown, RegExp]>([
    [5, /^split: the data is 5; give an image set, points, or \{ xs, ys \}/],
    [{ xs: [1, 2] }, /^split: ys is undefined; give an array or a tensor/],
    [{ xs: [1, 2], ys: [1] }, /^split: xs has 2 examples but ys has 1/],
    [{ points: [1, 2], labels: [1] }, /^split: count of the set is undefined; give an integer/],
  ])('rejects %o', (data, message) => {
    expect(() => split(data as VectorSet, { validation: 1 })).toThrow(message);
  });
});

it('rejects a stream whose forks are no streams', () => {
  const rng = { ...createRng(1), fork: () => undefined as never };
  for (const data of [smallImages(), { xs: [[1], [2]], ys: [1, 2] }]) {
    expect(() => split(data, { validation: 1, rng })).toThrow(
      /^split: the result of rng\.fork is missing; give a stream from createRng$/,
    );
  }
});
