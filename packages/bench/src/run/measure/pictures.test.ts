import '@tenfold/backend-simd';
import '@tenfold/gradients';
import '@tensorflow/tfjs-backend-cpu';
import { vit } from '@tenfold/architectures';
import {
  conv2d,
  createModel,
  dense,
  flatten,
  localitySelfAttention,
  multiHeadAttention,
  sequential,
} from '@tenfold/layers';
import { createRng } from '@tenfold/random';
import { expectClose } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { tintedImages } from '../../../test/tinted-images';
import { buildModel } from '../../models/build-model';
import type { Architecture } from '../../models/model-definition';
import type { ModelName } from '../../models/models';
import type { Picture } from '../../results/results';
import { imageTask } from '../image-task';
import { attentionRollout } from './attention-rollout';
import { filterPictures } from './filter-pictures';
import { joinFilters } from './join-filters';
import { drawPictures } from './pictures';
import { computeSaliency } from './saliency';
import { filterTile } from './tiles';

const data = tintedImages({ train: 10, test: 30 });
const random = (shape: number[], seed = 0) =>
  createRng(seed).fillNormal(new Float32Array(tf.util.sizeFromShape(shape)));

/** What each model's pictures are: tiles of so many pixels, so many of them. */
const networks: [ModelName, Architecture, [count: number, pixels: number][]][] = [
  [
    'cnn',
    { widths: [8, 4, 4] },
    [
      [24, 16],
      [8, 16],
      [10, 32],
      [10, 32],
    ],
  ],
  [
    'fnn',
    { widths: [60] },
    [
      [48, 32],
      [10, 32],
      [10, 32],
    ],
  ],
  [
    'rnn',
    { units: 40 },
    [
      [1, 32],
      [10, 32],
      [10, 32],
    ],
  ],
  [
    'vit',
    { width: 16, depth: 2, heads: 2, mlpWidth: 8 },
    [
      [16, 16],
      [10, 32],
      [10, 32],
      [10, 32],
    ],
  ],
  [
    'vit-hybrid',
    { stemWidth: 4, width: 8, depth: 1, heads: 2, mlpWidth: 8 },
    [
      [24, 16],
      [4, 16],
      [10, 32],
      [10, 32],
      [10, 32],
    ],
  ],
];

describe.each(['simd', 'cpu'])('on %s', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
  });

  it.each(networks)(
    '%s: filters, saliency and attention, small and without a tensor left',
    async (name, options, expected) => {
      const task = { ...imageTask(data), whitening: random([2, 2, 3, 24]) };
      const model = await buildModel(name, options, task, { seed: 1 });
      const before = tf.memory().numTensors;
      const pictures = await drawPictures(model, data, { samples: 3 });
      expect(tf.memory().numTensors).toBe(before);
      expect(pictures.map(({ pixels, width }) => [pixels.length, width])).toEqual(expected);
      for (const picture of pictures) expectWhole(picture);
      expect(JSON.stringify(pictures).length).toBeLessThan(300_000);
      expect(pictures.some(({ title }) => title.startsWith('Attention'))).toBe(name.startsWith('vit'));
      // The maps say something: not all of one brightness.
      const maps = pictures.filter(({ channels }) => channels === 1).flatMap(({ pixels }) => pixels);
      for (const map of maps) expect(new Set(Buffer.from(map, 'base64')).size).toBeGreaterThan(5);
      if (backend === 'simd') expect(await drawPictures(model, data, { samples: 3 })).toEqual(pictures);
      model.dispose();
    },
  );

  it('saliency of a linear model is its weights, whatever the noise', async () => {
    const model = createModel(sequential([flatten, dense({ inFeatures: 12, outFeatures: 2 })]));
    const images = tf.tensor4d(random([3, 2, 2, 3], 5), [3, 2, 2, 3]);
    const before = tf.memory().numTensors;
    const maps = await computeSaliency(model, images, createRng(1), { samples: 4 });
    expect(tf.memory().numTensors).toBe(before);
    const kernel = await model.parameters()['1.kernel']!.data();
    const logits = model.predict(images);
    const classes = await tf.tidy(() => tf.argMax(logits, 1)).data();
    for (const [i, map] of maps.entries()) {
      const weight = (pixel: number, c: number) => Math.abs(kernel[2 * (3 * pixel + c) + classes[i]!]!);
      const byHand = [0, 1, 2, 3].map((pixel) =>
        Math.max(weight(pixel, 0), weight(pixel, 1), weight(pixel, 2)),
      );
      await expectClose(tf.tensor1d(map), byHand, { absolute: 1e-6 });
    }
    const signal = AbortSignal.abort(new Error('stopped'));
    await expect(computeSaliency(model, images, createRng(1), { signal })).rejects.toThrow('stopped');
    tf.dispose([images, logits]);
    model.dispose();
  });

  it('rollout of two blocks agrees with one by hand', async () => {
    const attention = () => multiHeadAttention({ features: 2, heads: 1 });
    const model = createModel(sequential([attention(), attention()]), { seed: 2 });
    const weights = [0, 1].map(() => [
      [0, 0],
      [0, 0],
    ]);
    const images = tf.tensor3d(random([1, 2, 2], 4), [1, 2, 2]);
    // The weights of both blocks as the layers record them.
    let block = 0;
    const out = model.apply(images, {
      training: false,
      record(_, tensors) {
        const values = tensors.weights!.dataSync();
        const at = block++;
        for (const i of [0, 1]) for (const j of [0, 1]) weights[at]![i]![j] = values[2 * i + j]!;
      },
    });
    const half = weights.map((a) =>
      a.map((row, i) => row.map((value, j) => (value + (i === j ? 1 : 0)) / 2)),
    );
    const product = (i: number, j: number) =>
      half[1]![i]![0]! * half[0]![0]![j]! + half[1]![i]![1]! * half[0]![1]![j]!;
    const byHand = [0, 1].map((j) => (product(0, j) + product(1, j)) / 2);
    const before = tf.memory().numTensors;
    const [parts] = (await attentionRollout(model, images as tf.Tensor as tf.Tensor4D))!;
    expect(tf.memory().numTensors).toBe(before);
    await expectClose(tf.tensor1d(parts!), byHand, { absolute: 1e-6 });
    tf.dispose([images, out]);
    model.dispose();
  });

  it('rollout of attention to others alone leaves the diagonal out', async () => {
    const model = createModel(localitySelfAttention({ features: 2, heads: 1 }), { seed: 2 });
    const images = tf.tensor3d(random([1, 2, 2], 4), [1, 2, 2]);
    const [parts] = (await attentionRollout(model, images as tf.Tensor as tf.Tensor4D))!;
    await expectClose(tf.tensor1d(parts!), [0.5, 0.5], { absolute: 1e-6 }); // each looks at the other
    images.dispose();
    model.dispose();
  });

  it('filters of shifted patches are those of the image itself', async () => {
    const model = createModel(vit({ width: 8, depth: 1, tokens: 'shifted' }));
    const kernel = model.parameters()['patches.project.kernel']!;
    // Only what the copies see is not 0: the filters of the image itself are gray.
    const copies = Float32Array.from({ length: 240 * 8 }, (_, i) => (Math.floor(i / 8) % 15 < 3 ? 0 : 1));
    kernel.assign(tf.tensor2d(copies, [240, 8]));
    const [picture] = await filterPictures(model, 3);
    expect(picture!.pixels).toHaveLength(8);
    for (const tile of picture!.pixels) expect(new Set(Buffer.from(tile, 'base64'))).toEqual(new Set([128]));
    model.dispose();
  });

  it('filters of a first convolution that no name is known of', async () => {
    const convolution = conv2d({ inChannels: 1, outChannels: 6, kernelSize: 3 });
    const model = createModel(sequential({ anything: convolution, flatten }));
    const [picture] = await filterPictures(model, 1);
    expect(picture).toMatchObject({ title: 'First convolution: the 6 largest filters', channels: 1 });
    expect(await filterPictures(model, 4)).toEqual([]);
    model.dispose();
  });

  it.each([3, 1])('joined filters of %i channels see what the two convolutions see', async (channels) => {
    const filters = 8 * channels;
    const whitening = { shape: [2, 2, channels, filters], values: random([2, 2, channels, filters], 1) };
    const next = { shape: [3, 3, filters, 5], values: random([3, 3, filters, 5], 2) };
    const patch = random([1, 4, 4, channels], 3);
    const joined = joinFilters(whitening, next).map(({ values }) =>
      values.reduce((sum, value, i) => sum + value * patch[i]!, 0),
    );
    const seen = tf.tidy(() => {
      const kernel = ({ values, shape }: typeof next) => tf.tensor<tf.Rank>(values, shape) as tf.Tensor4D;
      const white = tf.conv2d(
        tf.tensor(patch, [1, 4, 4, channels]) as tf.Tensor4D,
        kernel(whitening),
        1,
        'valid',
      );
      return tf.reshape(tf.conv2d(white, kernel(next), 1, 'valid'), [5]);
    });
    await expectClose(seen, joined, { absolute: 1e-4 });
    seen.dispose();
  });
});

it('shows weights around gray, and small filters enlarged', () => {
  const values = new Float32Array([-2, 0, 1, 2, 0.5, -0.5]);
  const { height, width, bytes } = filterTile({ height: 1, width: 2, channels: 3, values });
  expect([height, width]).toEqual([8, 16]);
  const color = (row: number, column: number) => [
    ...bytes.slice(3 * (16 * row + column), 3 * (16 * row + column) + 3),
  ];
  expect([color(0, 0), color(7, 7)]).toEqual([
    [0, 128, 191],
    [0, 128, 191],
  ]);
  expect([color(0, 8), color(7, 15)]).toEqual([
    [255, 159, 96],
    [255, 159, 96],
  ]);
  expect(
    new Set(filterTile({ height: 2, width: 2, channels: 3, values: new Float32Array(12) }).bytes),
  ).toEqual(new Set([128]));
});

function expectWhole({ height, width, channels, pixels, captions }: Picture): void {
  expect(pixels.length).toBeLessThanOrEqual(64);
  expect([0, pixels.length]).toContain(captions.length);
  for (const tile of pixels) expect(Buffer.from(tile, 'base64')).toHaveLength(height * width * channels);
}
