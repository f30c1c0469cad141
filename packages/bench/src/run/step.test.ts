import '@tenfold/backend-simd';
import '@tenfold/gradients';
import type { ImageDataset } from '@tenfold/datasets';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { datasetNames, datasets } from '../data/datasets';
import { modelNames, models } from '../models/models';
import { imageShape, imageTask } from './image-task';
import { measureStep } from './step';

beforeAll(() => tf.setBackend('simd'));

describe.each(datasetNames)('on %s', (dataset) => {
  it('has images as they are loaded', { timeout: 900_000 }, async (context) => {
    const { title, imageShape: shape, classes, loader } = datasets[dataset];
    const data = await (await loader())().catch((error): ImageDataset => {
      if (!(error instanceof AggregateError) || process.env.CI) throw error;
      return context.skip(error.message.replaceAll('\n', ' '));
    });
    const task = imageTask(data);
    expect({ title: data.name, shape: imageShape(task), classes: task.classes }).toEqual({
      title,
      shape: [...shape],
      classes,
    });
    expect(imageTask({ ...data, train: data.test })).toEqual(task);
  });

  it.each(modelNames)('a step of %s is measured', async (model) => {
    const architecture = models[model].recipes.quick?.architecture;
    const before = tf.memory().numTensors;
    const step = await measureStep({ model, dataset, architecture, batchSize: 2, steps: 1, peak: false });
    expect(tf.memory().numTensors).toBe(before);
    expect(step).toMatchObject({ model, dataset, batchSize: 2, peak: null });
    expect(step.flopsPerStep).toBeGreaterThan(2 * step.forwardFlopsPerImage);
  });
});

it('measures networks for the images of the dataset', async () => {
  const architecture = { widths: [16, 8] };
  const options = { model: 'fnn' as const, architecture, batchSize: 4, steps: 1, peak: false };
  const flops = (pixels: number) => 2 * 4 * (2 * pixels * 16 + 3 * (16 * 8 + 8 * 10));
  expect((await measureStep({ ...options, dataset: 'mnist' })).flopsPerStep).toBe(flops(784));
  const { dataset, flopsPerStep } = await measureStep(options);
  expect({ dataset, flopsPerStep }).toEqual({ dataset: 'cifar10', flopsPerStep: flops(3072) });
});
