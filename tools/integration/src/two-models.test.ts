import '@tenfold/backend-simd';
import '@tenfold/gradients';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { held } from './endure';
import { optimizers, step, tinyNetwork, training, waves } from './tiny-network';

beforeAll(() => tf.setBackend('simd'));
const STEPS = 6;

/** Losses of a separate training run, with a pause after each step. */
async function losses(seed: number, optimizer: string): Promise<number[]> {
  const model = tinyNetwork(seed);
  const trainer = training(model, optimizers[optimizer]!());
  const batch = waves(8, seed);
  const found: number[] = [];
  for (let i = 0; i < STEPS; i++) {
    found.push(await step(trainer, batch));
    await new Promise((resolve) => setTimeout(resolve));
  }
  trainer.dispose();
  model.dispose();
  tf.dispose([batch.xs, batch.ys]);
  return found;
}

it('two models that train in turns give what each gives alone, bit for bit', async () => {
  const before = held();
  const alone = [await losses(1, 'adamW'), await losses(2, 'sgd')];
  const together = await Promise.all([losses(1, 'adamW'), losses(2, 'sgd')]);
  expect(together).toEqual(alone);
  expect(new Set([...alone[0]!, ...alone[1]!]).size).toBe(2 * STEPS);
  expect({ ...held(), arenaPeakBytes: 0 }).toEqual({ ...before, arenaPeakBytes: 0 });
});

it('a model continues after the backend was removed and set again, from the weights that were saved', async () => {
  const factory = tf.findBackendFactory('simd');
  const model = tinyNetwork(3);
  const weights = await Promise.all(Object.values(model.parameters()).map((variable) => variable.data()));
  const batch = waves(8, 3);
  const first = await step(training(model, optimizers.sgd!()), batch);
  tf.removeBackend('simd');
  tf.registerBackend('simd', factory, 2);
  await tf.setBackend('simd');

  const again = tinyNetwork(4);
  for (const [i, variable] of Object.values(again.parameters()).entries()) {
    variable.assign(tf.tensor(weights[i]!, variable.shape));
  }
  const second = await step(training(again, optimizers.sgd!()), waves(8, 3));
  expect(second).toBe(first);
});
