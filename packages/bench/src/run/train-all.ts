import {
  assertArgument,
  assertOptions,
  flag,
  func,
  index,
  type Kind,
  type Kinds,
  listOf,
  objectWith,
  oneOf,
  required,
  seed as seedKind,
  text,
} from '@tenfold/checks';
import type { ImageDataset } from '@tenfold/datasets';
import { measurePeak } from '../backends/measure-peak';
import { describeBackend } from '../backends/select-backend';
import { datasetNames, defaultDataset } from '../data/datasets';
import { toBase64 } from '../lib/base64';
import { architectureText, narrowedText } from '../models/architecture-text';
import { profileNames } from '../models/model-definition';
import { models } from '../models/models';
import { type Recipe, recipeSchema } from '../models/recipe';
import { paperFor } from '../results/paper';
import type { ModelResult, Results } from '../results/results';
import type { RunListener } from '../results/run-events';
import { trainingText } from '../results/training';
import { openCheckpoints } from '../run-folder/checkpoints';
import { describeDataset, loadDataset } from './dataset';
import { forecastRun } from './forecast-run';
import { holdOut } from './hold-out';
import { describeMachine } from './machine';
import type { ModelRun } from './model-run';
import { isOutOfMemory } from './out-of-memory';
import type { RunOptions } from './run-options';
import { trainModel } from './train-model';

/** At least one of each, or there is nothing to train. */
const some = (kind: Kind): Kind => ({
  expected: `${listOf(kind).expected}, at least one`,
  accepts: (value) => listOf(kind).accepts(value) && (value as unknown[]).length > 0,
  required: true,
});

const recipe: Kind = {
  expected: 'a recipe as planRun gives it',
  accepts: (value) => recipeSchema.safeParse(value).success,
};

const kinds: Kinds<RunOptions> = {
  dataset: oneOf(...datasetNames),
  profile: required(oneOf(...profileNames)),
  recipes: some(recipe),
  seeds: some(seedKind),
  heldOut: index,
  outputDirectory: required(text),
  cacheDirectory: text,
  checkpoints: objectWith('checkpoints as openCheckpoints gives them', 'load', 'save', 'finish'),
  measure: flag,
  signal: objectWith('the signal of an AbortController', 'throwIfAborted', 'addEventListener'),
  command: required(text),
};

/**
 * Trains models by their recipes one after another on the current backend, from the same data, all with the first seed,
 * then all with the next, and evaluates each on all test images, or on those that are held out.
 *
 * @throws when an option is unknown or out of its range; the signal's reason when it aborts; what loading the data throws
 */
export async function trainAll(options: RunOptions, listener: RunListener): Promise<Results> {
  assertOptions('trainAll', options, kinds);
  assertArgument('trainAll', 'listener', listener, required(func));
  const {
    dataset = defaultDataset,
    recipes,
    profile,
    seeds,
    heldOut = 0,
    outputDirectory,
    measure = true,
    signal,
  } = options;
  signal?.throwIfAborted();
  const checkpoints = options.checkpoints ?? (await openCheckpoints(outputDirectory));
  const { name, sha256 } = await describeDataset(dataset);
  const loaded = await loadDataset(dataset, options, listener);
  const data = holdOut(loaded, heldOut);
  if (heldOut > 0) {
    listener({
      type: 'stage',
      message: `${heldOut} of ${loaded.train.count} training images are held out and evaluated instead of the test images`,
    });
  }
  // Measured again after every training: another program may be busy during the half second of one measurement.
  if (measure) checkpoints.keepPeak(await measurePeak());
  const results: ModelResult[] = [];
  const trainings = seeds.flatMap((seed) => recipes.map((recipe) => ({ recipe, seed })));
  const leftOut = measure ? await forecastRun({ trainings, data, checkpoints, signal }, listener) : [];
  for (const [modelIndex, { recipe, seed }] of trainings.entries()) {
    const training = { model: recipe.model, seed };
    const finished = checkpoints.finished(training);
    if (finished) {
      listener({ type: 'stage', message: `${trainingText(training)} is already trained` });
      results.push(finished);
      continue;
    }
    if (leftOut.some(({ name, seed: leftOutSeed }) => name === recipe.model && leftOutSeed === seed))
      continue;
    const run = await trainModel(
      {
        recipe,
        data,
        images: heldOut > 0 ? 'held-out' : 'test',
        seed,
        signal,
        checkpoints,
        inference: measure,
        modelIndex,
        modelCount: trainings.length,
        pictures: seed === seeds[0], // of one training per model: they are most of results.json
      },
      listener,
    ).catch((error) => {
      if (!isOutOfMemory(error)) throw error;
      listener({ type: 'stage', message: `skipping ${trainingText(training)}: ${error.message}` });
      leftOut.push({ name: recipe.model, seed, reason: error.message });
      return null;
    });
    if (run === null) continue;
    const forecastSeconds = checkpoints.savedForecast(training) ?? null;
    if (measure) checkpoints.keepPeak(await measurePeak());
    const result = { ...createResult(recipe, seed, run, data), forecastSeconds };
    await checkpoints.finish(result);
    results.push(result);
  }
  if (results.length === 0) throw new Error(`no model fits in memory. ${leftOut[0]?.reason}`);
  const { peak } = checkpoints;
  const withPeakFraction = (result: ModelResult): ModelResult => ({
    ...result,
    peakFraction: peak && result.gflopsPerSecond / peak.gflopsPerSecond,
  });
  return {
    schemaVersion: 2,
    createdAt: new Date().toISOString(),
    command: options.command,
    machine: describeMachine(),
    backend: describeBackend(),
    dataset: {
      id: dataset,
      name,
      trainImages: loaded.train.count,
      testImages: loaded.test.count,
      classNames: [...data.classNames],
      imageShape: [loaded.train.height, loaded.train.width, loaded.train.channels],
      sha256,
    },
    profile,
    seeds,
    heldOut,
    peak,
    leftOut: leftOut.length > 0 ? leftOut : undefined,
    models: recipes.flatMap(({ model }) =>
      results.filter(({ name }) => name === model).map(withPeakFraction),
    ),
    paper: paperFor(name),
  };
}

function createResult(recipe: Recipe, seed: number, run: ModelRun, data: ImageDataset): ModelResult {
  const { outcome, measured } = run;
  const gflopsPerSecond = run.trainSeconds > 0 ? measured.flops / run.trainSeconds / 1e9 : 0;
  const { height, width, channels, images } = data.test;
  const size = height * width * channels;
  const { title, description } = models[recipe.model];
  return {
    name: recipe.model,
    seed,
    architecture: `${title}: ${description} (${architectureText(recipe.architecture)})`,
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
      trainPerStep: run.steps > 0 ? measured.flops / run.steps : 0,
      trainTotal: measured.flops,
      toBest: flopsToBest(run.history),
    },
    gflopsPerSecond,
    peakFraction: null, // set at the end of the run: the peak may still rise
    forecastSeconds: null,
    inference: run.inference,
    peakMemoryBytes: run.peakMemoryBytes || null,
    energyJoules: measured.joules,
    energyReason: run.energyReason,
    history: run.history,
    steps: measured.points,
    calibration: outcome?.calibration ?? null,
    pictures: run.pictures,
    confusionMatrix: outcome?.confusionMatrix ?? [],
    perClassAccuracy: outcome?.perClassAccuracy ?? [],
    mistakes: (outcome?.mistakes ?? []).map((mistake) => ({
      ...mistake,
      pixels: toBase64(images.subarray(mistake.image * size, (mistake.image + 1) * size)),
    })),
  };
}

/** The operations executed up to the end of the first epoch with the best test accuracy. */
function flopsToBest(history: ModelRun['history']): number | null {
  const accuracies = history.map(({ testAccuracy }) => testAccuracy);
  return history[accuracies.indexOf(Math.max(...accuracies))]?.flops ?? null;
}
