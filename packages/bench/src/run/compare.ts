import type { Cifar10 } from '@tenfold/datasets';
import { describeBackend } from '../backends';
import { toBase64 } from '../base64';
import { paper } from '../paper';
import { architectureText, narrowedText } from '../recipes/architecture';
import type { Recipe } from '../recipes/recipe';
import type { ModelResult, Results } from '../results';
import { openCheckpoints } from '../run-folder/checkpoints';
import { dataSet } from './data-set';
import { describeMachine } from './machine';
import { planRun } from './plan';
import { type ModelRun, trainModel } from './train-model';
import type { CompareOptions, RunListener } from './types';

/**
 * Trains the models of a profile one after another on the current backend, from the same data and seed, and evaluates
 * each on all test images.
 *
 * @param options checked already; `command` is what would repeat the run
 * @throws the signal's reason when it aborts, and what loading the data throws
 */
export async function compare(
  options: CompareOptions & { command: string },
  listener: RunListener,
): Promise<Results> {
  const { profile, models, seed, outputDirectory, signal } = options;
  const { recipes, checkpoints } = {
    recipes: options.recipes ?? planRun(options).recipes,
    checkpoints: options.checkpoints ?? (await openCheckpoints(outputDirectory)),
  };
  const data = await dataSet.load(options, listener);
  const results: ModelResult[] = [];
  for (const [modelIndex, recipe] of recipes.entries()) {
    const finished = checkpoints.finished(recipe.model);
    if (finished) {
      listener({ type: 'stage', message: `${recipe.model} is trained already` });
      results.push(finished);
      continue;
    }
    const run = await trainModel(
      { recipe, data, seed, signal, checkpoints, modelIndex, modelCount: models.length },
      listener,
    );
    const result = resultOf(recipe, seed, run, data);
    await checkpoints.finish(result);
    results.push(result);
  }
  return {
    schemaVersion: 2,
    createdAt: new Date().toISOString(),
    command: options.command,
    machine: describeMachine(),
    backend: describeBackend(),
    dataset: {
      name: dataSet.name,
      trainImages: data.train.count,
      testImages: data.test.count,
      classNames: [...data.classNames],
      sha256: { ...dataSet.sha256 },
    },
    profile,
    seeds: [seed],
    heldOut: 0,
    peak: null,
    models: results,
    paper,
  };
}

function resultOf(recipe: Recipe, seed: number, run: ModelRun, data: Cifar10): ModelResult {
  const { outcome } = run;
  const trainTotal = 3 * run.forwardFlopsPerImage * run.steps * recipe.batchSize;
  const { height, width, channels, images } = data.test;
  const size = height * width * channels;
  return {
    name: recipe.model,
    seed,
    architecture: `${families[recipe.model]} (${architectureText(recipe.architecture)})`,
    narrowed: narrowedText(recipe.model, recipe.architecture),
    notes: run.diverged ? [run.diverged] : [],
    recipe: JSON.parse(JSON.stringify(recipe)),
    parameters: run.parameters,
    epochs: recipe.epochs,
    batchSize: recipe.batchSize,
    diverged: run.diverged !== null,
    testAccuracy: outcome?.accuracy ?? null,
    testLoss: run.history.at(-1)?.testLoss ?? null,
    testImages: data.test.count,
    views: run.views,
    trainSeconds: run.trainSeconds,
    imagesPerSecond: run.imagesPerSecond,
    flops: {
      forwardPerImage: run.forwardFlopsPerImage,
      trainPerStep: 3 * run.forwardFlopsPerImage * recipe.batchSize,
      trainTotal,
      toBest: null,
    },
    gflopsPerSecond: run.trainSeconds > 0 ? trainTotal / run.trainSeconds / 1e9 : 0,
    peakFraction: null,
    forecastSeconds: null,
    inference: [],
    peakMemoryBytes: run.peakMemoryBytes || null,
    energyJoules: null,
    energyReason: 'not measured in this version',
    history: run.history,
    steps: [],
    calibration: null,
    pictures: [],
    confusionMatrix: outcome?.confusionMatrix ?? [],
    perClassAccuracy: outcome?.perClassAccuracy ?? [],
    mistakes: (outcome?.mistakes ?? []).map((mistake) => ({
      ...mistake,
      pixels: toBase64(images.subarray(mistake.image * size, (mistake.image + 1) * size)),
    })),
  };
}

const families = {
  cnn: 'Convolutional network: frozen whitening 2×2 convolution, three blocks of two 3×3 convolutions with batch norm and GELU, linear head',
  fnn: 'Fully connected network: dense layers with batch norm, GELU and dropout',
  rnn: 'Recurrent network over the 32 rows of the image',
  vit: 'Vision transformer: patches, pre-norm attention blocks, mean pooling',
  'vit-hybrid': 'Vision transformer on a convolutional stem',
};
