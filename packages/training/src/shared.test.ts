import { createModel, dense } from '@tenfold/layers';
import { meanSquaredError } from '@tenfold/losses';
import { sgd } from '@tenfold/optimizers';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { createTrainer, train } from './index';
import { shared } from './shared';

/** Another copy of a module, as a program has that imports this package while a dependency requires it. */
const copyOf = async <T>(path: string): Promise<T> => (await import(/* @vite-ignore */ `${path}?copy`)) as T;

it('is the same for all copies of the package', async () => {
  const copy = await copyOf<typeof import('./shared')>('./shared');
  expect(copy).not.toBe(await import('./shared'));
  expect(copy.shared).toBe(shared);
});

it('lets train know the errors of a trainer of another copy', async () => {
  const { DivergenceError } = await copyOf<typeof import('./divergence-error')>('./divergence-error');
  const model = createModel(dense({ inFeatures: 1, outFeatures: 1 }));
  const trainer = createTrainer(model, { loss: meanSquaredError, optimizer: sgd({ learningRate: 0.1 }) });
  const other = {
    ...trainer,
    stepCount: 0,
    step(): never {
      throw new DivergenceError({ by: 'createTrainer', loss: Number.NaN, step: 1 });
    },
  };
  const data = [{ xs: tf.ones([1, 1]), ys: tf.ones([1, 1]) }];
  await expect(train(other, { data, epochs: 1 })).rejects.toMatchObject({
    name: 'DivergenceError',
    epoch: 0,
    divergence: { by: 'train', reports: [] },
  });
  trainer.dispose();
  model.dispose();
  tf.dispose(data);
});

it('has one state of step for all copies', async () => {
  const [one, other] = [await import('./step'), await copyOf<typeof import('./step')>('./step')];
  expect(one.step).not.toBe(other.step);
  const model = createModel(dense({ inFeatures: 1, outFeatures: 1 }));
  const optimizer = sgd({ learningRate: 0.1, momentum: 0.9 });
  const loss = () => tf.sum(model.predict(tf.ones([1, 1])));
  for (const { step } of [one, other, one]) step(model, optimizer, loss).dispose();
  expect(one.stepState(model, optimizer).stepCount).toBe(3);
  expect(other.stepState(model, optimizer).stepCount).toBe(3);
  other.stepState(model, optimizer).dispose();
  expect(one.stepState(model, optimizer).stepCount).toBe(0);
  one.stepState(model, optimizer).dispose();
  model.dispose();
});

it('refuses to train a model in two copies at once', async () => {
  const copy = await copyOf<typeof import('./train')>('./train');
  const model = createModel(dense({ inFeatures: 1, outFeatures: 1 }));
  const create = () =>
    createTrainer(model, { loss: meanSquaredError, optimizer: sgd({ learningRate: 0.1 }) });
  const options = { data: { xs: [[1]], ys: [[1]] }, epochs: 2 };
  const [first, second] = await Promise.allSettled([train(create(), options), copy.train(create(), options)]);
  expect(first.status).toBe('fulfilled');
  expect((second as PromiseRejectedResult).reason.message).toMatch(/^train: this model is already training/);
  model.dispose();
});
