import { createModel, dense } from '@tenfold/layers';
import { sgd } from '@tenfold/optimizers';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { fit } from './fit';

const xs = Array.from({ length: 8 }, (_, i) => [i / 4 - 1]);
const flat = xs.map(([x]) => 3 * x! + 1);
const columns = flat.map((y) => [y]);
const train = (
  ys: number[] | number[][],
  loss: (labels: tf.Tensor, predictions: tf.Tensor) => tf.Tensor,
  batchSize = 8,
) =>
  fit(createModel(dense({ inFeatures: 1, outFeatures: 1 })), {
    data: { xs, ys, batchSize },
    loss,
    optimizer: sgd({ learningRate: 0.1 }),
    epochs: 1,
  });

it.each<[string, (labels: tf.Tensor, predictions: tf.Tensor) => tf.Tensor]>([
  ['sub', (l, p) => tf.mean(tf.square(tf.sub(p, l)))],
  ['squaredDifference', (l, p) => tf.mean(tf.squaredDifference(l, p))],
  ['mul', (l, p) => tf.neg(tf.mean(tf.mul(l, p)))],
])('refuses a loss that broadcasts flat labels by %s', async (_, loss) => {
  await expect(train(flat, loss)).rejects.toThrow(
    'the loss: labels [8] and predictions [8,1] broadcast to [8,8], so every label is compared with every prediction; give',
  );
  expect(await train(columns, loss)).toHaveLength(1);
});

it('accepts a loss that brings them into one shape, and batches of one example', async () => {
  const squeezed = (l: tf.Tensor, p: tf.Tensor) => tf.mean(tf.squaredDifference(l, tf.squeeze(p, [1])));
  expect(await train(flat, squeezed)).toHaveLength(1);
  expect(await train(flat, (l, p) => tf.mean(tf.squaredDifference(l, p)), 1)).toHaveLength(1);
});
