import '@tenfold/backend-simd';
import '@tenfold/gradients';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSafetensors } from '@tenfold/layers';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hour, quick } from '../../test/recipes';
import { tintedImages } from '../../test/tinted-images';
import { profiles } from '../models/profiles';
import type { Recipe } from '../models/recipe';
import type { RunEvent } from '../results/run-events';
import { openCheckpoints } from '../run-folder/checkpoints';
import { trainModel } from './train-model';

const data = tintedImages();
const brief = { epochs: 8, batchSize: 20 };
/** Without what follows a training. */
const trainingAlone = { pictures: false, inference: false };
const small: Recipe = { ...quick.fnn, ...brief, architecture: { widths: [64], dropoutRate: 0.1 } };

let folder: string;
beforeAll(async () => {
  await tf.setBackend('simd');
  folder = await mkdtemp(join(tmpdir(), 'tenfold-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** @param onModel given every file of the model */
async function run(
  recipe: Recipe,
  seed = 0,
  onModel?: (bytes: Uint8Array) => Promise<void>,
  options: Partial<Parameters<typeof trainModel>[0]> = {},
) {
  const events: RunEvent[] = [];
  const checkpointPath = join(folder, `${recipe.model}-seed-${seed}.safetensors`);
  const opened = await openCheckpoints(folder);
  const checkpoints = onModel
    ? { ...opened, saveModel: (_: unknown, bytes: Uint8Array) => onModel(bytes) }
    : opened;
  const found = await trainModel(
    { recipe, data, seed, checkpoints, modelIndex: 0, modelCount: 1, inferenceSeconds: 0.01, ...options },
    (event) => void events.push(event),
  );
  return { found, events, checkpointPath };
}

it('learns, tells every step and epoch, keeps a checkpoint, and leaves no tensor', async () => {
  const before = tf.memory().numTensors;
  const { found, events, checkpointPath } = await run(small);
  expect(tf.memory().numTensors).toBe(before);
  expect(found.history.map((h) => h.epoch)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(found.history.at(-1)!.testAccuracy).toBeGreaterThan(0.9);
  expect(found.diverged).toBeNull();
  expect(found.steps).toBe(80);
  expect(events.filter((e) => e.type === 'step').map((e) => e.step)).toEqual(
    Array.from({ length: 80 }, (_, i) => i + 1),
  );
  expect(events.filter((e) => e.type === 'epoch')).toHaveLength(8);
  expect(found.outcome!.accuracy).toBeCloseTo(found.history.at(-1)!.testAccuracy, 6);
  expect(found.outcome!.confusionMatrix.flat().reduce((sum, n) => sum + n)).toBe(100);
  const { tensors, metadata } = loadSafetensors(await readFile(checkpointPath));
  expect(metadata).toMatchObject({ model: 'fnn', step: '80', epoch: '8', seed: '0' });
  expect(Object.keys(tensors).some((name) => name.startsWith('optimizer/'))).toBe(true);
  tf.dispose(tensors);
});

it('measures what the training executed, its gradients, and the trained model', async () => {
  const { found, events } = await run(small);
  // By hand: dense layers 3072·64 and 64·10, the first without the gradient of its input; 80 steps of 20 images.
  const stepFlops = 2 * 20 * (2 * 3072 * 64 + 3 * 64 * 10);
  expect(found.measured.flops).toBe(80 * stepFlops);
  expect(found.history.map(({ flops }) => flops)).toEqual(
    [1, 2, 3, 4, 5, 6, 7, 8].map((epoch) => 10 * epoch * stepFlops),
  );
  expect(found.measured.joules === null).toBe(/^RAPL/.test(found.energyReason) === false);
  const points = found.measured.points;
  expect(points.map(({ step }) => step)).toEqual(Array.from({ length: 80 }, (_, i) => i + 1));
  const logged = events.filter((e) => e.type === 'step').map(({ gradientNorm }) => gradientNorm);
  expect(points.map(({ gradientNorm }) => gradientNorm)).toEqual(logged);
  const norms = logged.filter((norm) => norm !== null);
  expect(norms.length).toBeGreaterThanOrEqual(3);
  for (const norm of norms) expect(norm).toBeGreaterThan(0);
  expect(found.inference.map(({ batchSize }) => batchSize)).toEqual([1, 32, 256]);
  expect(found.pictures.map(({ pixels }) => pixels.length)).toEqual([48, 10, 10]);
  const { bins, expectedCalibrationError } = found.outcome!.calibration!;
  expect(bins.reduce((sum, { images }) => sum + images, 0)).toBe(100);
  expect(expectedCalibrationError).toBeLessThan(0.5);
});

it('gives the same training for the same seed and another for another', async () => {
  const losses = async (seed: number) =>
    (await run(small, seed, undefined, trainingAlone)).found.history.map((h) => h.trainLoss);
  expect(await losses(3)).toEqual(await losses(3));
  expect(await losses(3)).not.toEqual(await losses(4));
});

it('ends a training whose loss explodes, with the reason', async () => {
  const groups = [
    { match: '', rule: 'sgd', learningRate: 1e30, momentum: 0, nesterov: false, weightDecay: 0 } as const,
  ];
  const { found, events } = await run({ ...small, optimizer: { groups, maxNorm: null } });
  expect(found.diverged).toMatch(/the loss is .* at step \d+ .*lower the learning rate/);
  expect(found.history).toEqual([]);
  expect(events.some((e) => e.type === 'modelEnd')).toBe(false);
  expect(found.inference).toEqual([]);
});

it('freezes what is trained for the first epochs only, and averages over views at the end', async () => {
  const { optimizer } = hour.cnn;
  const groups = optimizer.groups.map((group) =>
    group.trainedEpochs === undefined ? group : { ...group, trainedEpochs: 1 },
  );
  const recipe: Recipe = {
    ...hour.cnn,
    architecture: { widths: [8, 8, 8] },
    optimizer: { ...optimizer, groups },
    batchSize: 20,
  };
  const before = tf.memory().numTensors;
  const biases: number[][] = [];
  const { found } = await run({ ...recipe, epochs: 3 }, 0, async (bytes) => {
    const { tensors } = loadSafetensors(bytes);
    biases.push([...(await tensors['model/whiten.bias']!.data())]);
    tf.dispose(tensors);
  });
  expect(tf.memory().numTensors).toBe(before);
  expect(biases[0]!.every((value) => value !== 0)).toBe(true);
  expect(biases.slice(1)).toEqual([biases[0], biases[0]]);
  const { views, history } = found;
  expect(views).toMatchObject({ count: 6, description: expect.stringMatching(/logits averaged/) });
  expect(views!.testAccuracy).toBeGreaterThan(0.5);
  expect(views!.testLoss).not.toBe(history.at(-1)!.testLoss);
});

it('tests the average of the parameters where there is one', async () => {
  const averaged = { ...small, weightAverage: 0.999999 };
  const { found, events } = await run(averaged, 0, undefined, trainingAlone);
  // The average is still the network of the beginning, which knows nothing; the parameters have learned.
  expect(found.history.at(-1)!.trainAccuracy).toBeGreaterThan(0.8);
  expect(found.history.at(-1)!.testLoss).toBeGreaterThan(1.5);
  const { found: plain, events: others } = await run(small, 0, undefined, trainingAlone);
  expect(plain.history.at(-1)!.testLoss).toBeLessThan(1.5);
  const losses = (emitted: RunEvent[]) =>
    emitted.flatMap((event) => (event.type === 'step' ? [event.loss] : []));
  expect(losses(events)).toEqual(losses(others));
});

it.each(['fnn', 'rnn'] as const)('%s takes any size, channels and classes of images', async (model) => {
  const gray = tintedImages({ size: 12, channels: 1, classes: 4 });
  const architecture: Recipe['architecture'] = model === 'fnn' ? { widths: [32] } : { units: 16 };
  const { found } = await run({ ...quick[model], ...brief, architecture }, 0, undefined, { data: gray });
  expect(found.outcome!.confusionMatrix).toHaveLength(4);
  expect(found.outcome!.accuracy).toBeGreaterThan(0.9);
  expect(found.pictures.length).toBeGreaterThan(0);
  for (const { channels } of found.pictures) expect(channels).toBe(1);
});

it('refuses images that are not square', async () => {
  const wide = { ...data, train: { ...data.train, width: 16, count: 2 * data.train.count } };
  await expect(run(small, 0, undefined, { data: wide })).rejects.toThrow(
    'imageTask: the images of Tinted images are 32×16; the models take square ones, so pad or crop them',
  );
});

describe('every recipe', () => {
  const few = tintedImages({ train: 4, test: 4 });
  it.each(
    Object.entries(profiles).flatMap(([profile, recipes]) =>
      Object.entries(recipes).map(([name, recipe]) => [profile, name, recipe] as const),
    ),
  )(
    '%s %s trains all parameters of its network for a step, and its loss is a number',
    async (_, name, recipe) => {
      const shortRecipe = { ...recipe, epochs: 1, batchSize: 4 };
      // Of its 38 million parameters each is trained as those of an eighth of the widths are.
      const { widths } = recipe.architecture;
      if (recipe.model === 'fnn' && Array.isArray(widths))
        shortRecipe.architecture = { ...recipe.architecture, widths: widths.map((width) => width / 8) };
      // Neither written nor read.
      const checkpoints = {
        ...(await openCheckpoints(folder)),
        save: async () => {},
        saveModel: async () => {},
      };
      const options = { checkpoints, data: few, ...trainingAlone };
      const { found } = await run(shortRecipe, 0, undefined, options);
      expect(recipe.model).toBe(name);
      expect(found.steps).toBe(1);
      expect(found.diverged).toBeNull();
      expect(Number.isFinite(found.history[0]!.testLoss)).toBe(true);
    },
  );
});
