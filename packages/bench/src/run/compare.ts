import { join } from 'node:path';
import { type Cifar10, cifar10Digests, loadCifar10 } from '@tenfold/datasets';
import { paper } from '../paper';
import { profiles } from '../recipes';
import type { Recipe } from '../recipes/recipe';
import type { ModelResult, Results } from '../results';
import { describeBackend, describeMachine } from './machine';
import { outcomeOf } from './outcome';
import { type ModelRun, trainModel } from './train-model';
import type { CompareOptions, RunListener } from './types';

const CLASSES = 10;

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
  const { profile, models, seed, epochs, outputDirectory, signal } = options;
  const data = await load(options, listener);
  const results: ModelResult[] = [];
  for (const [index, name] of models.entries()) {
    const standard = profiles[profile]![name];
    const recipe: Recipe = epochs === undefined ? standard : { ...standard, epochs };
    const run = await trainModel(
      {
        recipe,
        data,
        seed,
        signal,
        checkpointPath: join(outputDirectory, `${name}.safetensors`),
        modelIndex: index,
        modelCount: models.length,
      },
      listener,
    );
    results.push(resultOf(recipe, run, data));
  }
  return {
    schemaVersion: 1,
    createdAt: new Date().toISOString(),
    command: options.command,
    machine: describeMachine(),
    backend: describeBackend(),
    dataset: {
      name: 'CIFAR-10',
      trainImages: data.train.count,
      testImages: data.test.count,
      classNames: [...data.classNames],
      sha256: { ...cifar10Digests },
    },
    profile,
    seed,
    models: results,
    paper,
  };
}

async function load({ cacheDirectory, signal }: CompareOptions, listener: RunListener): Promise<Cifar10> {
  listener({ type: 'stage', message: 'Loading CIFAR-10' });
  return loadCifar10({
    cacheDirectory,
    signal,
    onProgress({ phase, message, bytes, totalBytes, bytesPerSecond, secondsLeft }) {
      if (phase === 'downloading') {
        listener({ type: 'download', receivedBytes: bytes, totalBytes, bytesPerSecond, secondsLeft });
      } else {
        listener({ type: 'stage', message });
      }
    },
  });
}

function resultOf(recipe: Recipe, run: ModelRun, data: Cifar10): ModelResult {
  const last = run.history.at(-1);
  // Without a finished epoch nothing was evaluated.
  const outcome = last && outcomeOf(run.testProbabilities, data.test.labels, CLASSES);
  const trainTotal = 3 * run.forwardFlopsPerImage * run.steps * recipe.batchSize;
  const { height, width, channels, images } = data.test;
  const size = height * width * channels;
  return {
    name: recipe.model,
    architecture: architectureText(recipe),
    narrowed: recipe.narrowed,
    notes: run.diverged ? [run.diverged] : [],
    recipe: JSON.parse(JSON.stringify(recipe)),
    parameters: run.parameters,
    epochs: recipe.epochs,
    batchSize: recipe.batchSize,
    diverged: run.diverged !== null,
    testAccuracy: outcome?.accuracy ?? null,
    testLoss: last?.testLoss ?? null,
    testImages: data.test.count,
    trainSeconds: run.trainSeconds,
    imagesPerSecond: run.imagesPerSecond,
    flops: { forwardPerImage: run.forwardFlopsPerImage, trainTotal },
    gflopsPerSecond: run.trainSeconds > 0 ? trainTotal / run.trainSeconds / 1e9 : 0,
    peakMemoryBytes: run.peakMemoryBytes,
    energyJoules: null,
    energyReason: 'not measured in this version',
    history: run.history,
    confusionMatrix: outcome?.confusionMatrix ?? [],
    perClassAccuracy: outcome?.perClassAccuracy ?? [],
    mistakes: (outcome?.mistakes ?? []).map((mistake) => ({
      ...mistake,
      pixels: Buffer.from(images.subarray(mistake.image * size, (mistake.image + 1) * size)).toString(
        'base64',
      ),
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

function architectureText({ model, architecture }: Recipe): string {
  const options = Object.entries(architecture).map(
    ([option, value]) => `${option} ${[value].flat().join('/')}`,
  );
  return `${families[model]} (${options.join(', ')})`;
}
