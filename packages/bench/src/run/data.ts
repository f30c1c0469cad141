import { whiteningKernel } from '@tenfold/architectures';
import {
  type Augmentation,
  alternatingFlip,
  type BatchSource,
  batches,
  type Cifar10,
  cifar10Mean,
  cifar10StandardDeviation,
  cutout,
  randomFlip,
  reflectShift,
} from '@tenfold/datasets';
import * as tf from '@tensorflow/tfjs-core';
import type { Recipe } from '../recipes/recipe';

/** The training images as the recipe wants them: shuffled, augmented, normalised. */
export function trainingBatches(
  data: Cifar10,
  { batchSize, augmentation }: Recipe,
  seed: number,
): BatchSource {
  const { shift, flip, cutout: size } = augmentation;
  const augment: Augmentation[] = [];
  if (shift > 0) augment.push(reflectShift({ pixels: shift }));
  if (flip === 'alternating') augment.push(alternatingFlip());
  if (flip === 'random') augment.push(randomFlip());
  if (size > 0) augment.push(cutout({ size }));
  return batches(data.train, {
    batchSize,
    shuffle: true,
    seed,
    mean: cifar10Mean,
    standardDeviation: cifar10StandardDeviation,
    augment,
    dropLast: true,
  });
}

/** The test images in order, normalised like the training images. */
export function testBatches(data: Cifar10, batchSize: number): BatchSource {
  return batches(data.test, { batchSize, mean: cifar10Mean, standardDeviation: cifar10StandardDeviation });
}

const WHITENED_IMAGES = 5000;

/** The whitening filters of the first training images. */
export async function whiteningOf(data: Cifar10): Promise<Float32Array> {
  const source = batches(data.train, {
    batchSize: WHITENED_IMAGES,
    mean: cifar10Mean,
    standardDeviation: cifar10StandardDeviation,
  });
  for await (const { xs, ys } of source.batches(0)) {
    const kernel = await whiteningKernel(xs as tf.Tensor4D);
    tf.dispose([xs, ys]);
    return kernel;
  }
  throw new Error('whiteningOf: the training set is empty');
}
