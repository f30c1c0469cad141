// Run: npx vitest bench --run --project node packages/datasets
// One iteration is one epoch of 10,000 images, so images per second = 10,000 × hz. One core; the data are random bytes.
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { bench, describe } from 'vitest';
import {
  type Augmentation,
  alternatingFlip,
  autoAugment,
  batches,
  cutout,
  randomErasing,
  randomFlip,
  reflectShift,
  trivialAugment,
} from '../src/index';

const [mean, standardDeviation] = [
  [0.4914, 0.48216, 0.44653],
  [0.24703, 0.24349, 0.26159],
];
const count = 10_000;
const imageSet = {
  images: Uint8Array.from({ length: count * 3072 }, (_, i) => Math.imul(i, 2654435761) >>> 24),
  labels: Uint8Array.from({ length: count }, (_, i) => i % 10),
  count,
  height: 32,
  width: 32,
  channels: 3,
};
const cases: Record<string, Augmentation[]> = {
  'normalize only': [],
  'shift + random flip + normalize': [reflectShift({ pixels: 2 }), randomFlip()],
  'shift + alternating flip + normalize': [reflectShift({ pixels: 2 }), alternatingFlip()],
  'shift + flip + cutout + normalize': [reflectShift({ pixels: 4 }), alternatingFlip(), cutout({ size: 12 })],
};
const ofBytes: Record<string, Augmentation<Uint8Array>[]> = {
  'shift + flip + autoAugment + erasing': [
    reflectShift({ pixels: 4 }),
    randomFlip(),
    autoAugment({ policy: 'cifar10' }),
    randomErasing({ probability: 0.25 }),
  ],
  'shift + flip + trivialAugment': [reflectShift({ pixels: 4 }), randomFlip(), trivialAugment()],
};
const all = [
  ...Object.entries(cases).map(([name, augment]) => [name, { augment }] as const),
  ...Object.entries(ofBytes).map(([name, augmentBytes]) => [name, { augmentBytes }] as const),
];

await tf.setBackend('cpu');
describe('10,000 images of 32 x 32 x 3 in batches of 500', () => {
  for (const [name, augmentations] of all) {
    const source = batches(imageSet, {
      batchSize: 500,
      shuffle: true,
      seed: 1,
      mean,
      standardDeviation,
      ...augmentations,
    });
    let epoch = 0;
    bench(
      name,
      () => {
        for (const { xs, ys } of source.batches(epoch++)) tf.dispose([xs, ys]);
      },
      { time: 2000, warmupIterations: 3 },
    );
  }
});
