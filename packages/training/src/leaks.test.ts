import { batchNorm, createModel, dense, sequential } from '@tenfold/layers';
import { meanSquaredError } from '@tenfold/losses';
import { adamW, clipByGlobalNorm, exponentialMovingAverage } from '@tenfold/optimizers';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { type BatchSource, type FitOptions, fit } from './index';

const stop = () => {
  throw new Error('on purpose');
};
const source = (xs = () => tf.ones([4, 3]), ys = () => tf.ones([4, 1])): BatchSource => ({
  stepsPerEpoch: 2,
  *batches() {
    for (let i = 0; i < 2; i++) yield { xs: xs(), ys: ys() };
  },
});
const loss = meanSquaredError;
const data = source();

it.each<[string, Partial<FitOptions>, RegExp]>([
  ['the loss throws', { loss: stop }, /on purpose/],
  ['the loss is not a scalar', { loss: (y, p) => tf.sub(y, p) }, /the loss has shape \[4,1\]/],
  ['the loss is not a tensor', { loss: () => 1 as never }, /the loss is 1; return a scalar tensor/],
  ['a metric throws', { metrics: { a: stop } }, /on purpose/],
  ['a metric is not a scalar', { metrics: { a: (_, p) => tf.clone(p) } }, /the metric a has shape \[4,1\]/],
  ['the validation loss throws', { validation: data, validationLoss: stop }, /on purpose/],
  ['onStep throws', { onStep: stop }, /on purpose/],
  ['onEpoch throws', { onEpoch: stop }, /on purpose/],
  ['onStep rejects', { onStep: async () => stop() }, /on purpose/],
  ['the batch has another shape', { data: source(() => tf.ones([4, 5])) }, /\[4,5\]/],
  ['labels have another shape', { data: source(undefined, () => tf.ones([4])) }, /\[4\]/],
  ['a batch is NaN', { data: source(() => tf.fill([4, 3], Number.NaN)) }, /xs has 12 NaN/],
  [
    'the schedule returns NaN',
    { optimizer: adamW({ learningRate: (step) => (step > 0 ? Number.NaN : 1) }) },
    /NaN/,
  ],
  ['a callback throws', { callbacks: [() => ({ onEpoch: stop })] }, /on purpose/],
  ['a callback throws after a step', { callbacks: [() => ({ onStep: stop })] }, /on purpose/],
  ['a callback throws at the start', { callbacks: [stop] }, /on purpose/],
  ['a callback throws at the end', { callbacks: [() => ({ end: stop })] }, /on purpose/],
  [
    'the source throws',
    {
      data: {
        *batches() {
          yield { xs: tf.ones([4, 3]), ys: tf.ones([4, 1]) };
          stop();
        },
      },
    },
    /on purpose/,
  ],
  ['it is aborted before', { signal: AbortSignal.abort(new Error('stop')) }, /stop/],
])('leaves no tensor when %s', async (_, options, message) => {
  const before = tf.memory().numTensors;
  const model = createModel(
    sequential([
      dense({ inFeatures: 3, outFeatures: 4 }),
      batchNorm({ channels: 4 }),
      dense({ inFeatures: 4, outFeatures: 1 }),
    ]),
  );
  const optimizer = clipByGlobalNorm(exponentialMovingAverage(adamW()), { maxNorm: 1 });
  await expect(fit(model, { data, loss, optimizer, epochs: 2, ...options })).rejects.toThrow(message);
  model.dispose();
  expect(tf.memory().numTensors).toBe(before);
});
