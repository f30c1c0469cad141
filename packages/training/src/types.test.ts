// The compiler checks the types, and the values confirm them.
import { block, createModel, dense } from '@tenfold/layers';
import { meanSquaredError, sparseSoftmaxCrossEntropy } from '@tenfold/losses';
import { accuracy } from '@tenfold/metrics';
import { sgd } from '@tenfold/optimizers';
import * as tf from '@tensorflow/tfjs-core';
import * as tfData from '@tensorflow/tfjs-data';
import { expect, expectTypeOf, it } from 'vitest';
import { createTrainer, evaluate, fit, loadCheckpoint, saveCheckpoint, type Trainer, train } from './index';

const optimizer = () => sgd({ learningRate: 0.1 });
const settings = () => ({ loss: meanSquaredError, optimizer: optimizer(), epochs: 1 });
const joined = () => ({
  a: dense({ inFeatures: 2, outFeatures: 1 }),
  b: dense({ inFeatures: 3, outFeatures: 1 }),
});

it('trains and evaluates a model with inputs by name', async () => {
  const model = createModel(
    block(joined(), ({ a, b }, { p, q }: { p: tf.Tensor; q: tf.Tensor }) => tf.add(a(p), b(q))),
  );
  const data = { xs: { p: [[1, 2]], q: [[1, 2, 3]] }, ys: [[0]] };
  expect(await fit(model, { ...settings(), data })).toHaveLength(1);
  expect((await evaluate(model, data, { loss: meanSquaredError })).loss).toBeGreaterThanOrEqual(0);
  const trainer = createTrainer(model, { loss: meanSquaredError, optimizer: optimizer() });
  expectTypeOf(trainer).toExtend<Trainer<{ p: tf.Tensor; q: tf.Tensor }, tf.Tensor, tf.Tensor>>();
  expect(await train(trainer, { data, epochs: 1 })).toHaveLength(1);
  expect(loadCheckpoint(trainer, await saveCheckpoint(trainer, { run: 'a' })).run).toBe('a');
});

it('trains and evaluates a model with inputs in a tuple', async () => {
  const model = createModel(
    block(joined(), ({ a, b }, [p, q]: [tf.Tensor, tf.Tensor]) => tf.add(a(p), b(q))),
  );
  const xs: [tf.Tensor, tf.Tensor] = [tf.zeros([4, 2]), tf.zeros([4, 3])];
  expect(await fit(model, { ...settings(), data: [{ xs, ys: tf.zeros([4, 1]) }] })).toHaveLength(1);
});

it('trains a model with outputs by name, whose loss and metrics know them', async () => {
  const model = createModel(
    block(
      {
        body: dense({ inFeatures: 2, outFeatures: 4 }),
        classes: dense({ inFeatures: 4, outFeatures: 2 }),
        value: dense({ inFeatures: 4, outFeatures: 1 }),
      },
      ({ body, classes, value }, x: tf.Tensor) => {
        const features = body(x);
        return { classes: classes(features), value: value(features) };
      },
    ),
  );
  type Labels = { classes: tf.Tensor; value: tf.Tensor };
  const loss = (labels: Labels, predictions: Labels) =>
    tf.add(
      sparseSoftmaxCrossEntropy(labels.classes, predictions.classes),
      meanSquaredError(labels.value, predictions.value),
    );
  const data = { xs: [[1, 2]], ys: { classes: [0], value: [[1]] } };
  const metrics = {
    error: (labels: Labels, predictions: Labels) => meanSquaredError(labels.value, predictions.value),
  };
  const [report] = await fit(model, { data, loss, optimizer: optimizer(), epochs: 1, metrics });
  expect(report!.metrics.error).toBeGreaterThanOrEqual(0);
  const selected = await fit(model, {
    data,
    loss: (labels: Labels, predictions) => loss(labels, predictions),
    optimizer: optimizer(),
    epochs: 1,
    metrics: { a: accuracy.select((ys, outputs) => ({ labels: ys.classes, predictions: outputs.classes })) },
  });
  expect(selected[0]!.metrics.a).toBeGreaterThanOrEqual(0);
  // @ts-expect-error there is no such output
  const wrong = (predictions: Labels) => predictions.other;
  expect(wrong({ classes: tf.zeros([1]), value: tf.zeros([1]) })).toBeUndefined();
});

it('takes a tf.data dataset of the type that tfjs gives it', async () => {
  const model = createModel(dense({ inFeatures: 2, outFeatures: 1 }));
  const data = tfData.zip({ xs: tfData.array([[1, 2]]), ys: tfData.array([[1]]) }).batch(1);
  expect(await fit(model, { ...settings(), data })).toHaveLength(1);
  // @ts-expect-error a dataset is not a model
  await expect(fit(data, { ...settings(), data })).rejects.toThrow(/model/);
});
