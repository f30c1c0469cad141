import { expect, it } from 'vitest';
import { tintedImages } from '../../test/tinted-images';
import { holdOut } from './hold-out';

const data = tintedImages({ train: 200, test: 30 });
const keys = ({ images, count }: typeof data.train) =>
  Array.from({ length: count }, (_, i) => images.subarray(3072 * i, 3072 * (i + 1)).join());

it('keeps as many of every class, loses none and trains on none of them', () => {
  const { train, test } = holdOut(data, 50);
  expect([train.count, test.count]).toEqual([150, 50]);
  for (let label = 0; label < 10; label++) expect(test.labels.filter((l) => l === label)).toHaveLength(5);
  expect([...keys(train), ...keys(test)].sort()).toEqual(keys(data.train).sort());
});

it('keeps the same ones whenever, and none of the test images', () => {
  const kept = keys(holdOut(data, 50).test);
  expect(keys(holdOut(tintedImages({ train: 200, test: 30 }), 50).test)).toEqual(kept);
  expect(kept.filter((image) => keys(data.test).includes(image))).toEqual([]);
});

it('leaves the data alone when it shall keep none, and refuses to keep all', () => {
  expect(holdOut(data, 0)).toBe(data);
  expect(() => holdOut(data, 200)).toThrow(/holdOut: 200 of 200 training images cannot be held out/);
});
