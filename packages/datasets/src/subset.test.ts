import { expect, it } from 'vitest';
import { smallImages } from '../test/small-images';
import { subset } from './subset';

const set = smallImages({ count: 6, classes: 6 });
const imageSize = 60;

it('copies the selected images in the desired order', () => {
  const chosen = subset(set, [4, 0, 4]);
  expect(chosen).toMatchObject({ count: 3, height: 4, width: 5, channels: 3 });
  expect([...chosen.labels]).toEqual([4, 0, 4]);
  expect([...chosen.images.subarray(0, imageSize)]).toEqual([
    ...set.images.subarray(4 * imageSize, 5 * imageSize),
  ]);
  chosen.images.fill(0);
  expect(set.images[4 * imageSize]).not.toBe(0);
});

it('selects the first n images', () => {
  expect([...subset(set, 2).labels]).toEqual([0, 1]);
  expect(subset(set, 0).count).toBe(0);
});

it('rejects indices and numbers outside the set', () => {
  expect(() => subset(set, [6])).toThrow(/^subset: index 6 is not in the set; give integers from 0 to 5/);
  expect(() => subset(set, [0.5])).toThrow(/index 0.5/);
  expect(() => subset(set, 7)).toThrow(/^subset: chosen is 7 but there are 6 images/);
});
