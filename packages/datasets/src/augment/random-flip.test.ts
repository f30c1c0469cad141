import { describe, expect, it } from 'vitest';
import { augmented } from '../../test/augmented';
import { randomFlip } from './random-flip';

const image = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
const size = { height: 2, width: 3, channels: 2 };
const mirrored = [5, 6, 3, 4, 1, 2, 11, 12, 9, 10, 7, 8];

describe('randomFlip', () => {
  it('mirrors left to right without swapping channels, with the given probability', () => {
    for (const probability of [0, 0.25, 0.5, 1]) {
      const results = augmented(randomFlip({ probability }), image, { ...size, count: 4000 });
      const flipped = results.filter((result) => result.join() === mirrored.join()).length;
      const kept = results.filter((result) => result.join() === image.join()).length;
      expect(flipped + kept).toBe(4000);
      expect(Math.abs(flipped - 4000 * probability)).toBeLessThan(
        5 * Math.sqrt(4000 * probability * (1 - probability)) + 0.5,
      );
    }
  });

  it('mirrors even widths too', () => {
    const [result] = augmented(randomFlip({ probability: 1 }), [1, 2, 3, 4], { height: 1, width: 4 });
    expect(result).toEqual([4, 3, 2, 1]);
  });

  it('is independent in every epoch', () => {
    const run = (epoch: number) => augmented(randomFlip(), image, { ...size, count: 50, epoch });
    expect(run(0)).not.toEqual(run(1));
    expect(run(1)).toEqual(run(1));
  });

  it.each([-0.1, 1.1, Number.NaN])('rejects the probability %s', (probability) => {
    expect(() => randomFlip({ probability })).toThrow(
      /^randomFlip: probability is .*; give a number in \[0, 1\]/,
    );
  });
});
