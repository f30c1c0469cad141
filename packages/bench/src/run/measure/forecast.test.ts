import '@tenfold/backend-simd';
import '@tenfold/gradients';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { hour, quick } from '../../../test/recipes';
import { tintedImages } from '../../../test/tinted-images';
import type { Recipe } from '../../models/recipe';
import { openCheckpoints } from '../../run-folder/checkpoints';
import { trainModel } from '../train-model';
import { measureForecast } from './forecast';

const data = tintedImages({ train: 65, test: 20 });
const small = { epochs: 3, batchSize: 20 };
const { optimizer } = hour.cnn;
const groups = optimizer.groups.map((group) =>
  group.trainedEpochs === undefined ? group : { ...group, trainedEpochs: 1 },
);
// Its whitening bias is frozen after an epoch; then its steps cost less.
const cnn: Recipe = {
  ...hour.cnn,
  ...small,
  architecture: { widths: [8, 8, 8] },
  optimizer: { ...optimizer, groups },
};
const fnn: Recipe = { ...quick.fnn, ...small, architecture: { widths: [16], dropoutRate: 0.3 } };

let folder: string;
beforeAll(async () => {
  await tf.setBackend('simd');
  folder = await mkdtemp(join(tmpdir(), 'tenfold-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function trained(recipe: Recipe) {
  const checkpoints = await openCheckpoints(folder);
  const options = { recipe, data, seed: 3, checkpoints, modelIndex: 0, modelCount: 1, inferenceSeconds: 0 };
  const { measured } = await trainModel(options, () => {});
  return { flops: measured.flops, bytes: await readFile(join(folder, `${recipe.model}-seed-3.safetensors`)) };
}

it.each([cnn, fnn])(
  '$model: knows every operation, and changes not a bit of the training',
  async (recipe) => {
    const before = await trained(recipe);
    const tensors = tf.memory().numTensors;
    const left = await measureForecast(recipe, data, { seed: 3 });
    expect(tf.memory().numTensors).toBe(tensors);
    expect(left(0)).toMatchObject({ epochs: 3, flops: before.flops });
    const after = await trained(recipe);
    expect(after.bytes.equals(before.bytes)).toBe(true);
    expect(after.flops).toBe(before.flops);
  },
);

it('is less after every step and nothing but the views after the last', async () => {
  const left = await measureForecast(cnn, data);
  const steps = Array.from({ length: 10 }, (_, step) => left(step));
  for (const [i, forecast] of steps.slice(1).entries()) {
    expect(forecast.flops).toBeLessThan(steps[i]!.flops);
    expect(forecast.trainSeconds).toBeLessThan(steps[i]!.trainSeconds);
    expect(forecast.evaluationSeconds).toBeLessThanOrEqual(steps[i]!.evaluationSeconds);
  }
  expect(steps[4]!.epochs).toBeCloseTo(5 / 3);
  // Nine passes over the test images, three of them after the epochs.
  expect(steps[9]).toMatchObject({ epochs: 0, flops: 0, trainSeconds: 0 });
  expect(steps[9]!.evaluationSeconds / steps[0]!.evaluationSeconds).toBeCloseTo(6 / 9);
});

// The first step of a process compiles kernels and touches memory for the first time.
it.each([
  { first: 3, others: 0.1, expected: 0.1 },
  { first: 0.5, others: 0.1, expected: 0.1 },
  { first: 25, others: 20, expected: 25 },
])(
  'expects steps of $expected s after one of $first s and more of $others s',
  async ({ first, others, expected }) => {
    let seconds = 0;
    let steps = 0;
    // It is asked once in every step.
    const signal = {
      throwIfAborted() {
        seconds += steps++ === 0 ? first : others;
      },
    } as AbortSignal;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => 1000 * seconds);
    try {
      const left = await measureForecast(fnn, data, { signal });
      expect(left(0).trainSeconds).toBeCloseTo(9 * expected);
    } finally {
      clock.mockRestore();
    }
  },
);

it('does with an epoch of one step, and stops when it is told to', async () => {
  const left = await measureForecast({ ...fnn, batchSize: 60 }, data);
  expect(left(0).trainSeconds).toBeGreaterThan(0);
  const tensors = tf.memory().numTensors;
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(measureForecast(fnn, data, { signal })).rejects.toThrow('enough');
  expect(tf.memory().numTensors).toBe(tensors);
});
