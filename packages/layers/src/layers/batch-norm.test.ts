import { expectClose, golden } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { createModel } from '../model/model';
import { batchNorm } from './batch-norm';

type Values = { shape: number[]; values: number[] };
const steps = golden<{
  batches: Values[];
  x: Values;
  y: Values;
  runningMean: number[];
  runningVariance: number[];
}>(new URL('../../goldens/batch-norm-steps.json', import.meta.url));
const toTensor = ({ values, shape }: Values) => tf.tensor(values, shape);

it("has PyTorch's running statistics after batches of several sizes", async () => {
  const model = createModel(batchNorm({ channels: 3, momentum: 0.3 }));
  for (const batch of steps.batches) model.apply(toTensor(batch), { training: true });
  await expectClose(model.parameters().runningMean!, steps.runningMean);
  await expectClose(model.parameters().runningVariance!, steps.runningVariance);
  await expectClose(model.predict(toTensor(steps.x)), toTensor(steps.y));
});

it('does not train its running statistics, or change them outside of training', async () => {
  const model = createModel(batchNorm({ channels: 2, gamma: false }));
  expect(Object.keys(model.trainable())).toEqual(['beta']);
  expect(Object.keys(model.parameters())).toEqual(['beta', 'runningMean', 'runningVariance']);
  model.predict(tf.ones([4, 2]));
  await expectClose(model.parameters().runningMean!, [0, 0]);
});

it('outputs the shift for a batch with one number per channel, whose variance is 0', async () => {
  const model = createModel(batchNorm({ channels: 2, epsilon: 1e-12 }));
  await expectClose(model.apply(tf.tensor([[3, -80]]), { training: true }), [0, 0]);
});
