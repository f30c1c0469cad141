import { golden } from '@tenfold/testing';
import { describe, expect, it } from 'vitest';
import { autoAugment } from '../auto-augment';
import { createCanvas } from './canvas';
import { magnitude, type OperationName, operations } from './index';

interface Goldens {
  images: Record<string, { shape: [number, number, number]; values: number[] }>;
  fill: number[];
  cases: { operation: OperationName; magnitude: number; image: string; changed: number[] }[];
}
const { images, fill, cases } = golden<Goldens>(new URL('../../../goldens/augment.json', import.meta.url));

it('has golden values for every operation', () => {
  expect([...new Set(cases.map((c) => c.operation))].sort()).toEqual(Object.keys(operations).sort());
});

describe.each(cases.map((c) => [`${c.operation} ${c.magnitude} of ${c.image}`, c] as const))('%s', (_, c) => {
  it('is bit-identical to the Python Imaging Library', () => {
    const { shape, values } = images[c.image]!;
    const [height, width, channels] = shape;
    const image = Uint8Array.from(values);
    operations[c.operation](image, c.magnitude, createCanvas('test', { height, width, channels }, fill));
    expect([...image]).toEqual(c.changed);
  });
});

describe('magnitude', () => {
  const ranges = { shear: 0.3, translate: 14.5, rotate: 30, enhance: 0.9, posterize: 4 };
  it.each<[OperationName, number, number]>([
    ['shearX', 0.3, -0.3],
    ['translateY', 14, -14],
    ['rotate', 30, -30],
    ['sharpness', 1.9, 1 - 0.9],
    ['posterize', 4, 4],
    ['solarize', 0, 0],
    ['equalize', 0, 0],
  ])('of %s ends at its range, in both directions if it has a sign', (name, up, down) => {
    expect(magnitude(name, 1, 1, ranges)).toBeCloseTo(up, 12);
    expect(magnitude(name, 1, -1, ranges)).toBeCloseTo(down, 12);
  });

  it.each<[OperationName, number]>([
    ['shearY', 0],
    ['translateX', 0],
    ['rotate', 0],
    ['color', 1],
    ['posterize', 8],
    ['solarize', 255],
  ])('of %s starts with no effect, or the smallest one', (name, least) => {
    expect(magnitude(name, 0, 1, ranges)).toBe(least);
  });
});

it('rejects images without three channels, and invalid fill colors', () => {
  expect(() => createCanvas('auto', { height: 1, width: 1, channels: 1 }, fill)).toThrow(
    /^auto: the images have 1 channels; give images of red, green and blue/,
  );
  for (const wrong of [
    [1, 2],
    [1, 2, 256],
  ] as unknown as [number, number, number][]) {
    expect(() => autoAugment({ policy: 'cifar10', fill: wrong })).toThrow(
      /^autoAugment: fill is \[1, 2.*\]; give three numbers from 0 to 255/,
    );
  }
});
