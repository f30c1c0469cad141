import { describe, expect, it } from 'vitest';
import { augmented } from '../../test/augmented';
import { alternatingFlip } from './alternating-flip';

const run = (epoch: number, seed = 0) =>
  augmented(alternatingFlip(), [1, 2, 3], { height: 1, width: 3, count: 2000, epoch, seed }).map((row) =>
    row.join(),
  );

describe('alternatingFlip', () => {
  it('mirrors a random half in the first epoch', () => {
    const flipped = run(0).filter((row) => row === '3,2,1').length;
    expect(run(0).filter((row) => row === '1,2,3')).toHaveLength(2000 - flipped);
    expect(Math.abs(flipped - 1000)).toBeLessThan(5 * Math.sqrt(500));
    expect(run(0, 1)).not.toEqual(run(0, 2));
  });

  it('shows the other side of each image in the next epoch, and the same side in the one after', () => {
    const [first, second] = [run(0), run(1)];
    first.forEach((row, i) => {
      expect(row).not.toBe(second[i]);
    });
    expect(run(2)).toEqual(first);
    expect(run(7)).toEqual(second);
  });
});
