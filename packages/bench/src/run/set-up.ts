import type { BatchSource, ImageDataset } from '@tenfold/datasets';
import type { Model } from '@tenfold/layers';
import { softmaxCrossEntropy, sparseSoftmaxCrossEntropy } from '@tenfold/losses';
import type { Optimizer } from '@tenfold/optimizers';
import { createRng } from '@tenfold/random';
import type { Loss } from '@tenfold/training';
import { buildModel } from '../models/build-model';
import { models } from '../models/models';
import type { Recipe } from '../models/recipe';
import { buildOptimizer, frozenAt } from '../recipes/build-optimizer';
import { computeWhitening, trainingBatches } from './data';
import { imageTask } from './image-task';

/** The parts of a training, before its first step. */
export interface SetUp {
  /** The caller of {@link setUp} disposes it. */
  model: Model;
  source: BatchSource;
  optimizer: Optimizer;
  loss: Loss;
  /** The seed of dropout and everything else that is drawn in a step. */
  seed: number;
  totalSteps: number;
  /** Freezes the parameters that are not trained after the given number of epochs. */
  freeze(epoch: number): void;
}

/** Sets up the training of a recipe with a seed; everything depends only on these and the data. */
export async function setUp(recipe: Recipe, data: ImageDataset, seed: number): Promise<SetUp> {
  const rng = createRng(seed).fork(recipe.model);
  const forkSeed = (what: string) => rng.fork(what).integer(2 ** 32);
  const task = imageTask(data);
  const whitening = models[recipe.model].needs === 'whitening' ? await computeWhitening(data) : undefined;
  const model = await buildModel(
    recipe.model,
    recipe.architecture,
    { ...task, whitening },
    { seed: forkSeed('parameters') },
  );
  const source = trainingBatches(data, recipe, forkSeed('batches'));
  const names = Object.keys(model.trainable());
  return {
    model,
    source,
    optimizer: buildOptimizer(recipe, source.stepsPerEpoch),
    loss(labels, logits) {
      const { labelSmoothing } = recipe;
      return labels.rank === 2
        ? softmaxCrossEntropy(labels, logits, { labelSmoothing }) // of a mixed batch
        : sparseSoftmaxCrossEntropy(labels, logits, { labelSmoothing });
    },
    seed: forkSeed('steps'),
    totalSteps: recipe.epochs * source.stepsPerEpoch,
    // A frozen parameter costs no gradient, nor anything that only its gradient needs.
    freeze(epoch) {
      for (const frozen of frozenAt(recipe, epoch, names)) model.parameters()[frozen]!.trainable = false;
    },
  };
}
