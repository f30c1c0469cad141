import '@tenfold/gradients';
import { createModel, dense } from '@tenfold/layers';
import { adamW, exponentialMovingAverage, sgd } from '@tenfold/optimizers';
import { createTrainer } from '@tenfold/training';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { expect, it } from 'vitest';
import { withAverage } from './with-average';

const loss = (_: tf.Tensor, predictions: tf.Tensor) => tf.sum(tf.square(predictions)) as tf.Scalar;

function stepped(average: boolean) {
  const model = createModel(dense({ inFeatures: 2, outFeatures: 1 }), { seed: 1 });
  const rule = average ? exponentialMovingAverage(adamW(), { decay: 0.9 }) : sgd({ learningRate: 0.1 });
  const trainer = createTrainer(model, { loss, optimizer: rule });
  const batch = { xs: tf.ones([4, 2]), ys: tf.zeros([4]) };
  for (let i = 0; i < 5; i++) {
    const result = trainer.step(batch);
    tf.dispose([result.loss, result.predictions]);
  }
  tf.dispose([batch.xs, batch.ys]);
  const values = () => Object.values(model.trainable()).map((variable) => [...variable.dataSync()]);
  return { one: trainer, values };
}

it('shows the average to what is run, and then has the parameters again, also after an error', async () => {
  const { one: trainer, values } = stepped(true);
  const before = values();
  const average = Object.keys(trainer.model.trainable()).map((name) => [
    ...trainer.state.average![name]!.dataSync(),
  ]);
  const tensors = tf.memory().numTensors;
  expect(await withAverage(trainer, async () => values())).toEqual(average);
  expect(average).not.toEqual(before);
  expect(values()).toEqual(before);
  await expect(withAverage(trainer, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(values()).toEqual(before);
  expect(tf.memory().numTensors).toBe(tensors);
  expect(Object.values(trainer.state.average!).every((tensor) => !tensor.isDisposed)).toBe(true);
});

it('shows the parameters where there is no average', async () => {
  const { one: trainer, values } = stepped(false);
  expect(await withAverage(trainer, async () => values())).toEqual(values());
});
