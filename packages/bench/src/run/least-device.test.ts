import { webgpuStarts } from '@tenfold/testing';
import '@tenfold/gradients';
import { registerWebgpu, WebgpuBackend } from '@tenfold/backend-webgpu';
import { createTrainer } from '@tenfold/training';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { hour } from '../../test/recipes';
import { tintedImages } from '../../test/tinted-images';
import type { ModelName } from '../models/models';
import type { Recipe } from '../models/recipe';
import { setUp } from './set-up';

// Small networks, whose optimizers, clipping and augmentation are the recipe's.
const small: { [model in ModelName]?: Recipe['architecture'] } = {
  cnn: { widths: [8, 8, 8] },
  fnn: { widths: [32, 16, 16] },
  rnn: { reads: 'grid', cell: 'gru', patchSize: 8, width: 8, depth: 2 },
  vit: { patchSize: 8, width: 16, depth: 3, heads: 2, mlpWidth: 32, tokens: 'shifted' },
  'vit-hybrid': { stemWidth: 8, width: 16, depth: 4, heads: 2, mlpWidth: 32 },
};

const available = await webgpuStarts(() => registerWebgpu({ allowSoftware: true }));

/** Makes a device the current one that has no more than WebGPU promises everywhere. */
async function useLeastDevice(): Promise<void> {
  const adapter = (await navigator.gpu.requestAdapter())!;
  const device = await adapter.requestDevice();
  tf.removeBackend('webgpu');
  tf.registerBackend('webgpu', () => new WebgpuBackend(device, adapter.info), 3);
  await tf.setBackend('webgpu');
}

async function trainLosses(recipe: Recipe): Promise<number[]> {
  const { model, source, optimizer, loss } = await setUp(recipe, tintedImages({ train: 16 }), 0);
  const training = createTrainer(model, { loss, optimizer, seed: 1 });
  const losses: number[] = [];
  for await (const batch of source.batches(0)) {
    const result = training.step(batch);
    losses.push((await result.loss.data())[0]!);
    tf.dispose([result.loss, result.predictions, batch.xs, batch.ys]);
  }
  training.dispose();
  model.dispose();
  expect((tf.backend() as WebgpuBackend).failure).toBeUndefined();
  return losses;
}

// A software adapter compiles shaders slowly, especially while other tests run.
describe.runIf(available)('a device with the least limits', { timeout: 300_000 }, () => {
  const recipes = Object.values(hour).map(
    (recipe): Recipe => ({ ...recipe, architecture: small[recipe.model]!, batchSize: 8 }),
  );
  const want = new Map<ModelName, number[]>();
  // All on one device, then all on the other: what one recipe has compiled the next one finds.
  beforeAll(async () => {
    for (const recipe of recipes) want.set(recipe.model, await trainLosses(recipe));
    await useLeastDevice();
  }, 300_000);

  it.each(recipes)('takes the steps of the recipe of $model as one with all limits', async (recipe) => {
    const [got, all] = [await trainLosses(recipe), want.get(recipe.model)!];
    expect(got).toHaveLength(2);
    for (const [i, loss] of got.entries()) expect(Math.abs(loss / all[i]! - 1)).toBeLessThan(1e-4);
  });
});
