import type { BatchSource } from '@tenfold/datasets';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { quick } from '../../test/recipes';
import { tintedImages } from '../../test/tinted-images';
import type { Recipe } from '../models/recipe';
import { computeWhitening, trainingBatches } from './data';

const data = tintedImages({ train: 40, test: 10 });
const none = { shift: 0, flip: 'none', cutout: 0 } as const;

async function readImages(source: BatchSource): Promise<number[]> {
  for await (const { xs, ys } of source.batches(0)) {
    const values = [...xs.dataSync()];
    tf.dispose([xs, ys]);
    return values;
  }
  throw new Error('there is no batch');
}

const images = (augmentation: Recipe['augmentation']) =>
  readImages(trainingBatches(data, { ...quick.cnn, batchSize: 40, augmentation }, 7));
const changed = (a: number[], b: number[]) => a.filter((value, i) => value !== b[i]).length / a.length;

it('leaves images alone when nothing is asked for, and does all that is', async () => {
  const plain = await images(none);
  expect(await images({ ...none, policy: 'none', randomErasing: 0 })).toEqual(plain);
  for (const dataset of [
    { ...none, shift: 2 },
    { ...none, flip: 'random' },
    { ...none, policy: 'autoAugment' },
    { ...none, policy: 'trivialAugment' },
  ] satisfies Recipe['augmentation'][]) {
    const pixels = await images(dataset);
    expect(changed(pixels, plain)).toBeGreaterThan(0.3);
    expect(pixels).toEqual(await images(dataset));
  }
  // A quarter of the images loses a fifth of its area.
  const erased = changed(await images({ ...none, randomErasing: 0.5 }), plain);
  expect(erased).toBeGreaterThan(0.03);
  expect(erased).toBeLessThan(0.3);
});

it('mixes images, and gives labels as probabilities', async () => {
  const readLabels = async (augmentation: Recipe['augmentation']) => {
    const source = trainingBatches(data, { ...quick.cnn, batchSize: 40, augmentation }, 7);
    for await (const { xs, ys } of source.batches(0)) {
      const { shape } = ys;
      tf.dispose([xs, ys]);
      return shape;
    }
  };
  expect(await readLabels(none)).toEqual([40]);
  expect(await readLabels({ ...none, mixup: 0.2 })).toEqual([40, 10]);
  const plain = await images(none);
  for (const mix of [{ mixup: 1 }, { cutmix: 1 }]) {
    expect(changed(await images({ ...none, ...mix }), plain)).toBeGreaterThan(0.01);
    expect(await images({ ...none, ...mix, mixProbability: 0 })).toEqual(plain);
  }
});

it('shifts and flips before a policy changes colors, and blanks squares after it', async () => {
  const all = {
    shift: 2,
    flip: 'alternating',
    cutout: 8,
    policy: 'autoAugment',
    randomErasing: 0.25,
  } as const;
  const zeros = (values: number[]) => values.filter((value) => value === 0).length;
  expect(zeros(await images(all))).toBeGreaterThan(40 * 3 * 8 * 4); // a square may lie half outside
  expect(zeros(await images({ ...all, cutout: 0 }))).toBe(0);
});

it('whitens images of any size and number of channels', async () => {
  const gray = tintedImages({ train: 8, test: 1, size: 12, channels: 1, classes: 4 });
  expect(await computeWhitening(gray)).toHaveLength(2 * 2 * 1 * 8);
});
