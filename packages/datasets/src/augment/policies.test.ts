import { createRng } from '@tenfold/random';
import { describe, expect, it } from 'vitest';
import type { Augmentation } from './augmentation';
import { autoAugment } from './auto-augment';
import { cifar10Policy } from './auto-augment-policy';
import { magnitude, type OperationName, operations } from './operations';
import { createCanvas } from './operations/canvas';
import { trivialAugment } from './trivial-augment';

const size = { height: 8, width: 8, channels: 3 };
const picture = createRng(9)
  .fillUniform(new Float32Array(192))
  .map((v) => v * 256);
const bytes = Uint8Array.from(picture);

function changed(
  augmentation: Augmentation<Uint8Array>,
  { count = 4000, seed = 0, epoch = 0 } = {},
): string[] {
  const fixedRng = createRng(seed);
  const transform = augmentation({ ...size, count, epoch, rng: fixedRng.fork(epoch), fixedRng });
  return Array.from({ length: count }, (_, index) => {
    const image = bytes.slice();
    transform(image, index);
    return image.join();
  });
}

describe.each([
  ['autoAugment', () => autoAugment({ policy: 'cifar10' })],
  ['trivialAugment', () => trivialAugment()],
])('%s', (name, make) => {
  it('depends only on seed and epoch', () => {
    const run = (options: object) => changed(make(), { count: 50, ...options });
    expect(run({ seed: 1, epoch: 2 })).toEqual(run({ seed: 1, epoch: 2 }));
    expect(run({ seed: 1, epoch: 2 })).not.toEqual(run({ seed: 2, epoch: 2 }));
    expect(run({ seed: 1, epoch: 2 })).not.toEqual(run({ seed: 1, epoch: 3 }));
  });

  it('rejects images without three channels', () => {
    const context = { ...size, channels: 1, count: 1, epoch: 0, rng: createRng(1), fixedRng: createRng(1) };
    expect(() => make()(context)).toThrow(
      new RegExp(`^${name}: the images have 1 channels; give images of red`),
    );
  });
});

it('autoAugment has 25 pairs and rejects other policies', () => {
  expect(cifar10Policy).toHaveLength(25);
  expect(() => autoAugment({ policy: 'svhn' as 'cifar10' })).toThrow(
    /^autoAugment: policy is "svhn"; give "cifar10"/,
  );
});

it('autoAugment inverts as often as its policy says', () => {
  // The exactly inverted images come from pair 1 without contrast and pair 24 without equalize. On this small image equalize changes
  // nothing, so pair 24 counts with its full probability of 0.1.
  const count = 40_000;
  const inverse = bytes.map((v) => 255 - v).join();
  const times = changed(autoAugment({ policy: 'cifar10' }), { count }).filter(
    (image) => image === inverse,
  ).length;
  const probability = (0.1 * 0.8 + 0.1) / 25;
  expect(Math.abs(times - count * probability)).toBeLessThan(5 * Math.sqrt(count * probability));
});

it('trivialAugment draws operation, level and sign uniformly', () => {
  const ranges = { shear: 0.99, translate: 32, rotate: 135, enhance: 0.99, posterize: 6 };
  const names = (Object.keys(operations) as OperationName[]).filter((name) => name !== 'invert');
  const expected = new Map<string, number>();
  const canvas = createCanvas('test', size, [125, 123, 114]);
  for (const name of names) {
    for (let level = 0; level <= 30; level++) {
      for (const sign of [-1, 1]) {
        const image = bytes.slice();
        operations[name](image, magnitude(name, level / 30, sign, ranges), canvas);
        expected.set(image.join(), (expected.get(image.join()) ?? 0) + 1 / (names.length * 31 * 2));
      }
    }
  }
  expect(names).toHaveLength(14);
  const count = 40_000;
  const times = new Map<string, number>();
  for (const image of changed(trivialAugment(), { count })) times.set(image, (times.get(image) ?? 0) + 1);
  for (const image of times.keys()) expect(expected.has(image)).toBe(true);
  for (const [image, probability] of expected) {
    const spread = Math.sqrt(count * probability);
    expect(Math.abs((times.get(image) ?? 0) - count * probability)).toBeLessThan(6 * spread);
  }
});
