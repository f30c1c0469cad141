import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { trainAccuracy } from './train-accuracy';

it('takes class indices, and of mixed labels the larger one', () => {
  const scores = tf.tensor2d([
    [3, 1, 0],
    [0, 1, 2],
    [0, 5, 2],
  ]);
  const [value] = trainAccuracy(tf.tensor1d([0, 2, 2], 'int32'), scores).dataSync();
  expect(value).toBeCloseTo(2 / 3);
  const mixed = tf.tensor2d([
    [0.6, 0.4, 0],
    [0.7, 0, 0.3],
    [0, 1, 0],
  ]);
  expect(trainAccuracy(mixed, scores).dataSync()[0]).toBeCloseTo(2 / 3);
});
