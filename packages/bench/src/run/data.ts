import { computeWhiteningFilters } from '@tenfold/architectures';
import {
  type AnyPixels,
  type Augmentation,
  alternatingFlip,
  autoAugment,
  type BatchSource,
  batches,
  cutout,
  type ImageDataset,
  mixBatches,
  randomErasing,
  randomFlip,
  reflectShift,
  trivialAugment,
} from '@tenfold/datasets';
import * as tf from '@tensorflow/tfjs-core';
import type { Recipe } from '../models/recipe';

/**
 * The training images prepared as the recipe says: shuffled, augmented, normalized, mixed. The labels of mixed batches are
 * probabilities.
 */
export function trainingBatches(
  data: ImageDataset,
  { batchSize, augmentation }: Recipe,
  seed: number,
): BatchSource {
  const { shift, flip, cutout: size, policy = 'none', randomErasing: probability = 0 } = augmentation;
  const moves: Augmentation<AnyPixels>[] = [];
  if (shift > 0) moves.push(reflectShift({ pixels: shift }));
  if (flip === 'alternating') moves.push(alternatingFlip());
  if (flip === 'random') moves.push(randomFlip());
  const changes: Augmentation<Uint8Array>[] = [];
  if (policy === 'autoAugment') changes.push(autoAugment({ policy: 'cifar10' }));
  if (policy === 'trivialAugment') changes.push(trivialAugment());
  if (probability > 0) changes.push(randomErasing({ probability }));
  const cut: Augmentation[] = size > 0 ? [cutout({ size })] : [];
  const source = batches(data.train, {
    batchSize,
    shuffle: true,
    seed,
    mean: data.mean,
    standardDeviation: data.standardDeviation,
    // Policies work on bytes and come after shift and flip, which therefore also work on bytes.
    ...(changes.length > 0
      ? { augmentBytes: [...moves, ...changes], augment: cut }
      : { augment: [...moves, ...cut] }),
    dropLast: true,
  });
  const { mixup = 0, cutmix = 0, mixProbability: mixed } = augmentation;
  if (mixup === 0 && cutmix === 0) return source;
  return mixBatches(source, { classes: data.classNames.length, mixup, cutmix, probability: mixed, seed });
}

/** The test images in order, normalized like the training images. */
export function testBatches({ test, mean, standardDeviation }: ImageDataset, batchSize: number): BatchSource {
  return batches(test, { batchSize, mean, standardDeviation });
}

const WHITENED_IMAGES = 5000;

/** The whitening filters of the first training images. */
export async function computeWhitening({
  train,
  mean,
  standardDeviation,
}: ImageDataset): Promise<Float32Array> {
  const source = batches(train, { batchSize: WHITENED_IMAGES, mean, standardDeviation });
  for await (const { xs, ys } of source.batches(0)) {
    const kernel = await computeWhiteningFilters(xs as tf.Tensor4D, {
      imageSize: train.height,
      inChannels: train.channels,
    });
    tf.dispose([xs, ys]);
    return kernel;
  }
  throw new Error('computeWhitening: the training set is empty');
}
