import { describe, expect, it } from 'vitest';
import { augmented } from '../../test/augmented';
import { reflectShift } from './reflect-shift';

/** A slow reference: pads by reflection and crops. */
function shifted(image: number[], dy: number, dx: number, height: number, width: number, channels: number) {
  const reflect = (i: number, n: number) => (i < 0 ? -i : i >= n ? 2 * n - 2 - i : i);
  const out: number[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < channels; c++) {
        out.push(image[(reflect(y + dy, height) * width + reflect(x + dx, width)) * channels + c]!);
      }
    }
  }
  return out;
}

describe('reflectShift', () => {
  it.each([
    [4, 5, 1, 2],
    [5, 7, 3, 3],
    [6, 6, 3, 1],
  ])(
    'gives every shift of a %d x %d x %d image by up to %d about as often as the others, and nothing else',
    (height, width, channels, pixels) => {
      const image = Array.from({ length: height * width * channels }, (_, i) => i + 1);
      const count = 4000;
      const seen = new Map<string, number>();
      for (const result of augmented(reflectShift({ pixels }), image, { count, height, width, channels })) {
        seen.set(result.join(), (seen.get(result.join()) ?? 0) + 1);
      }
      const shifts = (2 * pixels + 1) ** 2;
      expect(seen.size).toBe(shifts);
      for (let dy = -pixels; dy <= pixels; dy++) {
        for (let dx = -pixels; dx <= pixels; dx++) {
          const times = seen.get(shifted(image, dy, dx, height, width, channels).join()) ?? 0;
          const expected = count / shifts;
          expect(Math.abs(times - expected)).toBeLessThan(5 * Math.sqrt(expected));
        }
      }
    },
  );

  it('differs between epochs and seeds', () => {
    const image = Array.from({ length: 20 }, (_, i) => i);
    const run = (options: object) => augmented(reflectShift({ pixels: 2 }), image, { count: 50, ...options });
    expect(run({ epoch: 1 })).not.toEqual(run({ epoch: 2 }));
    expect(run({ seed: 1 })).not.toEqual(run({ seed: 2 }));
    expect(run({ seed: 1, epoch: 1 })).toEqual(run({ seed: 1, epoch: 1 }));
  });

  it('does not change images with 0 pixels', () => {
    expect(augmented(reflectShift({ pixels: 0 }), [1, 2, 3, 4], { height: 2, width: 2 })).toEqual([
      [1, 2, 3, 4],
    ]);
  });

  it('rejects invalid shifts and shifts that are too large', () => {
    expect(() => reflectShift({ pixels: -1 })).toThrow(/^reflectShift: pixels is -1/);
    expect(() => reflectShift({ pixels: 1.5 })).toThrow(/pixels is 1.5/);
    expect(() => augmented(reflectShift({ pixels: 4 }), new Array(20))).toThrow(
      /pixels is 4 but the images are 4 x 5; give at most 3/,
    );
  });
});
