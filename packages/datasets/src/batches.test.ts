import '@tensorflow/tfjs-backend-cpu';
import { createRng } from '@tenfold/random';
import { expectClose } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { smallImages } from '../test/small-images';
import { alternatingFlip } from './augment/alternating-flip';
import type { Augmentation } from './augment/augmentation';
import { autoAugment } from './augment/auto-augment';
import { cutout } from './augment/cutout';
import { randomErasing } from './augment/random-erasing';
import { randomFlip } from './augment/random-flip';
import { reflectShift } from './augment/reflect-shift';
import { trivialAugment } from './augment/trivial-augment';
import type { BatchSource } from './batch-source';
import { batches, type ImageBatchOptions } from './batches';

beforeAll(() => tf.setBackend('cpu'));

/** The examples of an epoch in order, and the sizes of its batches. */
async function readEpoch(source: BatchSource, epoch: number) {
  const xs: number[] = [];
  const ys: number[] = [];
  const sizes: number[] = [];
  for (const batch of source.batches(epoch)) {
    expect(batch.xs.dtype).toBe('float32');
    expect(batch.ys.dtype).toBe('int32');
    expect(batch.ys.shape).toEqual([batch.xs.shape[0]]);
    xs.push(...(await batch.xs.data()));
    ys.push(...(await batch.ys.data()));
    sizes.push(batch.ys.size);
    tf.dispose([batch.xs, batch.ys]);
  }
  return { xs, ys, sizes };
}

const mean = [0.5, 0.4, 0.3];
const standardDeviation = [0.2, 0.3, 0.4];
const everything = [reflectShift({ pixels: 2 }), alternatingFlip(), randomFlip(), cutout({ size: 2 })];

describe('batches', () => {
  it('normalizes by channel: (pixel / 255 - mean) / standardDeviation', async () => {
    const set = smallImages();
    const { xs, ys } = await readEpoch(batches(set, { batchSize: 4, mean, standardDeviation }), 0);
    const expected = Array.from(
      set.images,
      (byte, i) => (byte / 255 - mean[i % 3]!) / standardDeviation[i % 3]!,
    );
    await expectClose(xs, expected, { absolute: 1e-6, relative: 1e-6 });
    expect(ys).toEqual([...set.labels]);
  });

  it.each([1, 2, 4])('scales to 0 … 1 by default, with %d channels', async (channels) => {
    const set = smallImages({ channels });
    const source = batches(set, { batchSize: 10 });
    const [batch] = [...source.batches(0)];
    expect(batch!.xs.shape).toEqual([10, 4, 5, channels]);
    await expectClose(
      batch!.xs,
      Array.from(set.images, (byte) => byte / 255),
    );
    tf.dispose([batch!.xs, batch!.ys]);
  });

  it('augments bytes before normalization, independently of the batch size, and does not change the set', async () => {
    const set = smallImages();
    const before = set.images.slice();
    const darker: Augmentation<Uint8Array> = () => (image, index) => {
      for (let i = 0; i < image.length; i++) image[i] = (image[i]! + index) >> 1;
    };
    const options = { mean, standardDeviation, shuffle: true, augmentBytes: [darker, randomFlip()] };
    const { xs, ys } = await readEpoch(batches(set, { ...options, batchSize: 4 }), 1);
    expect(await readEpoch(batches(set, { ...options, batchSize: 3 }), 1)).toMatchObject({ xs, ys });
    expect(set.images).toEqual(before);
    const plain = { ...options, batchSize: 4, augmentBytes: [darker] };
    const unshuffled = await readEpoch(batches(set, { ...plain, shuffle: false }), 1);
    const size = set.images.length / set.count;
    const expected = Array.from(
      set.images,
      (byte, i) => (((byte + Math.floor(i / size)) >> 1) / 255 - mean[i % 3]!) / standardDeviation[i % 3]!,
    );
    await expectClose(unshuffled.xs, expected, { absolute: 1e-6, relative: 1e-6 });
  });

  it('has its sizes, and drops the last batch on request', async () => {
    const allBatches = batches(smallImages(), { batchSize: 4 });
    expect(allBatches).toMatchObject({ batchSize: 4, stepsPerEpoch: 3, size: 10 });
    expect((await readEpoch(allBatches, 0)).sizes).toEqual([4, 4, 2]);
    const dropping = batches(smallImages(), { batchSize: 4, dropLast: true });
    expect(dropping).toMatchObject({ batchSize: 4, stepsPerEpoch: 2, size: 8 });
    expect((await readEpoch(dropping, 0)).sizes).toEqual([4, 4]);
    expect(batches(smallImages(), { batchSize: 16 }).stepsPerEpoch).toBe(1);
  });

  it('shuffles every epoch differently, visits each image once, and keeps labels with images', async () => {
    const set = smallImages({ count: 50, classes: 50 });
    const source = batches(set, { batchSize: 7, shuffle: true, seed: 3 });
    const [first, second] = [await readEpoch(source, 0), await readEpoch(source, 1)];
    expect(first.ys).not.toEqual(second.ys);
    for (const { xs, ys } of [first, second]) {
      expect([...ys].sort((a, b) => a - b)).toEqual([...set.labels]);
      const imageSize = 60;
      for (let n = 0; n < 50; n++) {
        const image = set.images.subarray(ys[n]! * imageSize, (ys[n]! + 1) * imageSize);
        await expectClose(
          xs.slice(n * imageSize, (n + 1) * imageSize),
          Array.from(image, (byte) => byte / 255),
        );
      }
    }
  });

  it('gives the same batches for the same seed and epoch, independently of earlier epochs', async () => {
    const options = { batchSize: 4, shuffle: true, seed: 5, augment: everything };
    const source = batches(smallImages(), options);
    const late = await readEpoch(source, 7);
    await readEpoch(source, 0);
    for (const _ of source.batches(3)) break; // abandoned in the middle
    expect(await readEpoch(source, 7)).toEqual(late);
    expect(await readEpoch(batches(smallImages(), options), 7)).toEqual(late);
    expect(await readEpoch(batches(smallImages(), { ...options, seed: 6 }), 7)).not.toEqual(late);
  });

  it('accepts a stream instead of a seed, without advancing it', async () => {
    const { createRng } = await import('@tenfold/random');
    const options = { batchSize: 4, shuffle: true, augment: everything };
    const rng = createRng(5);
    const byStream = await readEpoch(batches(smallImages(), { ...options, rng }), 2);
    expect(byStream).toEqual(await readEpoch(batches(smallImages(), { ...options, seed: 5 }), 2));
    expect(rng.uniform()).toBe(createRng(5).uniform());
  });

  it('augments each image independently of the batch size', async () => {
    const options = { shuffle: true, seed: 5, augment: everything };
    const [small, large] = [3, 10].map((batchSize) => batches(smallImages(), { batchSize, ...options }));
    expect((await readEpoch(small!, 1)).xs).toEqual((await readEpoch(large!, 1)).xs);
  });

  it('says to call an augmentation that takes options', () => {
    const augment = [reflectShift as unknown as Augmentation];
    const source = batches(smallImages({ count: 1 }), { batchSize: 1, augment });
    expect(() => [...source.batches(0)]).toThrow(
      /^the function reflectShift was given without a call; give reflectShift\(…\)/,
    );
  });

  it('applies augmentations in order, with separate streams', async () => {
    const seen: string[] = [];
    const probe =
      (name: string) =>
      (context: { epoch: number; rng: { uniform(): number }; fixedRng: { uniform(): number } }) => {
        seen.push(`${name} ${context.epoch} ${context.rng.uniform()} ${context.fixedRng.uniform()}`);
        return (image: Float32Array) => {
          image[0] = image[0]! * 2 + (name === 'a' ? 1 : 0);
        };
      };
    const set = smallImages({ count: 1 });
    const source = batches(set, { batchSize: 1, augment: [probe('a'), probe('b')] });
    const { xs } = await readEpoch(source, 0);
    expect(xs[0]).toBeCloseTo(((set.images[0]! / 255) * 2 + 1) * 2, 5);
    await readEpoch(source, 1);
    const drawn = seen.map((line) => line.split(' ').slice(2));
    expect(new Set(drawn.map(([rng]) => rng)).size).toBe(4); // a separate stream for each augmentation and epoch
    expect(drawn[0]![1]).toBe(drawn[2]![1]);
    expect(drawn[1]![1]).toBe(drawn[3]![1]);
    expect(drawn[0]![1]).not.toBe(drawn[1]![1]);
  });

  it('never shares memory between batches or with the set', async () => {
    const set = smallImages();
    const before = Uint8Array.from(set.images);
    const source = batches(set, { batchSize: 5, augment: everything });
    const [first, second] = [...source.batches(0)];
    const kept = Array.from(await first!.xs.data());
    for (const batch of [second!, ...source.batches(1)]) {
      (await batch.xs.data()).fill(-1); // the cpu backend returns its own array
      (await batch.ys.data()).fill(-1);
    }
    expect(Array.from(await first!.xs.data())).toEqual(kept);
    expect(Buffer.compare(set.images, before)).toBe(0);
  });

  it('creates two tensors per batch and no others', () => {
    const source = batches(smallImages(), { batchSize: 4, augment: everything });
    const before = tf.memory().numTensors;
    let pulled = 0;
    for (const batch of source.batches(0)) {
      expect(tf.memory().numTensors).toBe(before + 2); // lazily: only this batch exists
      tf.dispose([batch.xs, batch.ys]);
      pulled++;
    }
    expect(pulled).toBe(3);
    expect(tf.memory().numTensors).toBe(before);
  });

  const images = smallImages();
  it.each([
    [{ batchSize: 0 }, /^batches: batchSize is 0; give an integer of at least 1/],
    [{ batchSize: 2.5 }, /batchSize is 2.5/],
    [{ batchSize: 11, dropLast: true }, /there are 10 examples, and dropLast drops the only batch/],
    [{ batchSize: 1, mean: [0.5] }, /^batches: mean is \[0.5\]; give 3 finite numbers, one for each channel/],
    [
      { batchSize: 1, standardDeviation: [1, 0, 1] },
      /standardDeviation is \[1, 0, 1\]; give 3 finite numbers above 0/,
    ],
    [{ batchSize: 1, mean: [1, Number.NaN, 1] }, /mean is \[1, NaN, 1\]; give 3 finite numbers/],
  ])('rejects %o', (options, message) => {
    expect(() => batches(images, options)).toThrow(message);
  });

  it.each(['randomErasing', 'trivialAugment', 'autoAugment'] as const)(
    'rejects %s, which changes bytes, for normalized images, and takes it for bytes',
    (name) => {
      const change =
        name === 'randomErasing'
          ? randomErasing()
          : name === 'trivialAugment'
            ? trivialAugment()
            : autoAugment({ policy: 'cifar10' });
      // @ts-expect-error
      const options: ImageBatchOptions = { batchSize: 2, augment: [change] };
      expect(() => batches(images, options)).toThrow(
        /^batches: augment\[0\] changes bytes, not normalized images; give it in augmentBytes$/,
      );
      batches(images, { batchSize: 2, augmentBytes: [randomFlip(), change] });
    },
  );

  it('rejects cutout, which changes normalized images, for bytes', () => {
    // @ts-expect-error
    const options: ImageBatchOptions = { batchSize: 2, augmentBytes: [randomFlip(), cutout({ size: 2 })] };
    expect(() => batches(images, options)).toThrow(
      /^batches: augmentBytes\[1\] changes normalized images, not bytes; give it in augment$/,
    );
  });

  it.each(['augment', 'augmentBytes'])('rejects an augmentation in %s that returns no function', (list) => {
    for (const [result, shown] of [
      [undefined, 'missing'],
      [new Float32Array(2), 'a Float32Array of 2'],
      [class Change {}, 'the class Change'],
    ] as const) {
      const source = batches(images, { batchSize: 2, [list]: [randomFlip(), () => result as never] });
      expect(() => [...source.batches(0)]).toThrow(
        `batches: the result of ${list}[1] is ${shown}; give a function`,
      );
    }
  });

  it('rejects a stream whose forks are no streams', () => {
    for (const shuffle of [false, true]) {
      const rng = { ...createRng(1), fork: () => undefined as never };
      const source = batches(images, { batchSize: 2, rng, shuffle, augment: [randomFlip()] });
      expect(() => [...source.batches(0)]).toThrow(
        /^batches: the result of rng\.fork is missing; give a stream from createRng$/,
      );
    }
  });

  it('rejects sets that are empty or inconsistent, and invalid epochs', () => {
    expect(() => batches(smallImages({ count: 0 }), { batchSize: 1 })).toThrow(
      /^batches: the set has no examples/,
    );
    const broken = { ...images, labels: new Uint8Array(9) };
    expect(() => batches(broken, { batchSize: 1 })).toThrow(
      /has the shape \[10,4,5,3\] but 600 bytes of images and 9 labels/,
    );
    expect(() => [...batches(images, { batchSize: 1 }).batches(-1)]).toThrow(
      /^batches: epoch is -1; give an integer of at least 0/,
    );
  });
});
