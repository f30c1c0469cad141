import { createRng } from '@tenfold/random';
import { describe, expect, it } from 'vitest';
import { randomErasing } from './random-erasing';

const [height, width, channels, count] = [16, 12, 3, 3000];

/** Copies of a black image after erasing in an epoch; only 1 of 256 noise values is black by chance. */
function erased(options: Parameters<typeof randomErasing>[0], seed = 0): Uint8Array[] {
  const fixedRng = createRng(seed);
  const context = { count, height, width, channels, epoch: 0, rng: fixedRng.fork(0), fixedRng };
  const transform = randomErasing(options)(context);
  return Array.from({ length: count }, (_, index) => {
    const image = new Uint8Array(height * width * channels);
    transform(image, index);
    return image;
  });
}

/** The bounding box of the pixels that are not black; undefined if there are none. */
function bounds(image: Uint8Array): [number, number, number, number] | undefined {
  const at = [...image.keys()].filter((i) => image[i] !== 0).map((i) => Math.floor(i / channels));
  if (at.length === 0) return undefined;
  const [rows, columns] = [at.map((i) => Math.floor(i / width)), at.map((i) => i % width)];
  return [Math.min(...rows), Math.max(...rows), Math.min(...columns), Math.max(...columns)];
}

describe('randomErasing', () => {
  it('changes images with the given probability', () => {
    for (const probability of [0, 0.25, 1]) {
      const changed = erased({ probability }).filter(bounds).length;
      const spread = Math.sqrt(count * probability * (1 - probability));
      expect(Math.abs(changed - count * probability)).toBeLessThanOrEqual(5 * spread);
    }
  });

  it('fills rectangles of the allowed areas and aspect ratios with uniform noise', () => {
    const sums = { mean: 0, images: 0 };
    for (const image of erased({ probability: 1, area: [0.1, 0.3], aspectRatio: [0.5, 2] })) {
      const [top, bottom, left, right] = bounds(image)!;
      const [down, across] = [bottom - top + 1, right - left + 1];
      // Sides are truncated to whole pixels, so each loses less than one.
      expect(down * across).toBeLessThanOrEqual(0.3 * height * width);
      expect((down + 1) * (across + 1)).toBeGreaterThan(0.1 * height * width);
      expect(down / (across + 1)).toBeLessThan(2);
      expect((down + 1) / across).toBeGreaterThan(0.5);
      sums.mean += image.reduce((sum, v) => sum + v, 0) / (down * across * channels);
      sums.images++;
    }
    expect(Math.abs(sums.mean / sums.images - 127.5)).toBeLessThan(1);
  });

  it('covers all positions, and depends only on the seed', () => {
    const corners = erased({ probability: 1 }).map((image) => bounds(image)!);
    expect(Math.min(...corners.map(([top]) => top))).toBe(0);
    expect(Math.max(...corners.map(([, bottom]) => bottom))).toBe(height - 1);
    expect(Math.min(...corners.map(([, , left]) => left))).toBe(0);
    expect(Math.max(...corners.map(([, , , right]) => right))).toBe(width - 1);
    expect(erased({}, 1).slice(0, 20)).toEqual(erased({}, 1).slice(0, 20));
    expect(erased({}, 1).slice(0, 20)).not.toEqual(erased({}, 2).slice(0, 20));
  });

  it.each<[Parameters<typeof randomErasing>[0], RegExp]>([
    [{ probability: 1.1 }, /^randomErasing: probability is 1.1; give a number in \[0, 1\]/],
    [{ area: [0, 0.4] }, /^randomErasing: area is \[0, 0.4\]; give two fractions in/],
    [{ area: [0.4, 0.2] }, /area is \[0.4, 0.2\]/],
    [{ aspectRatio: [2, 1] }, /aspectRatio is \[2, 1\]; give two positive numbers in/],
  ])('rejects %j', (options, message) => {
    expect(() => randomErasing(options)).toThrow(message);
  });
});
