import { describe, expect, it } from 'vitest';
import { augmented } from '../../test/augmented';
import { cutout } from './cutout';

describe('cutout', () => {
  it('blanks one square in all channels, at all positions equally often', () => {
    const [height, width, channels, size, count] = [4, 5, 2, 2, 6000];
    const image = new Array(height * width * channels).fill(7);
    const places = new Map<string, number>();
    for (const result of augmented(cutout({ size }), image, { height, width, channels, count })) {
      const blank = result.flatMap((value, i) => (value === 0 ? [i] : []));
      expect(blank).toHaveLength(size * size * channels);
      const first = Math.floor(blank[0]! / channels);
      const [top, left] = [Math.floor(first / width), first % width];
      const square: number[] = [];
      for (let y = top; y < top + size; y++) {
        for (let x = left; x < left + size; x++) {
          for (let c = 0; c < channels; c++) square.push((y * width + x) * channels + c);
        }
      }
      expect(blank).toEqual(square);
      places.set(`${top} ${left}`, (places.get(`${top} ${left}`) ?? 0) + 1);
    }
    expect(places.size).toBe(3 * 4);
    for (const times of places.values()) expect(Math.abs(times - 500)).toBeLessThan(5 * Math.sqrt(500));
  });

  it('rejects invalid sizes and squares that are too large', () => {
    expect(() => cutout({ size: 0 })).toThrow(/^cutout: size is 0/);
    expect(() => augmented(cutout({ size: 5 }), new Array(20))).toThrow(/size is 5 but the images are 4 x 5/);
  });
});
