import { describe, expect, it } from 'vitest';
import { smallImages } from '../test/small-images';
import type { ImageSet } from './image-set';
import { split } from './split';

const counts = ({ labels }: ImageSet) => [0, 1, 2].map((label) => labels.filter((l) => l === label).length);
const imagesOf = (set: ImageSet) =>
  Array.from({ length: set.count }, (_, i) => set.images.subarray(i * 60, (i + 1) * 60).join());

describe('split', () => {
  const set = smallImages({ count: 60, classes: 3 });

  it('holds out the same number of every class and loses no image', () => {
    const { train, validation } = split(set, { validation: 15, seed: 1 });
    expect(counts(train)).toEqual([15, 15, 15]);
    expect(counts(validation)).toEqual([5, 5, 5]);
    expect([...imagesOf(train), ...imagesOf(validation)].sort()).toEqual(imagesOf(set).sort());
  });

  it('holds out in proportion when classes differ in size or do not divide', () => {
    const uneven = {
      ...set,
      labels: Uint8Array.from({ length: 60 }, (_, i) => (i < 40 ? 0 : i < 55 ? 1 : 2)),
    };
    expect(counts(split(uneven, { validation: 12 }).validation)).toEqual([8, 3, 1]);
    expect(counts(split(set, { validation: 10 }).validation)).toEqual([4, 3, 3]);
  });

  it('chooses by the seed alone', () => {
    const run = (seed: number) => imagesOf(split(set, { validation: 15, seed }).validation);
    expect(run(1)).toEqual(run(1));
    expect(run(1)).not.toEqual(run(2));
  });

  it('takes all or nothing, and refuses more', () => {
    expect(split(set, { validation: 0 }).validation.count).toBe(0);
    expect(split(set, { validation: 60 }).train.count).toBe(0);
    expect(() => split(set, { validation: 61 })).toThrow(
      /^split: validation is 61; give an integer from 0 to 60/,
    );
  });
});
