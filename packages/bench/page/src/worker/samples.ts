import { type ImageDataset, subset } from '@tenfold/datasets';
import { assignParameters, loadSafetensors } from '@tenfold/layers';
import * as tf from '@tensorflow/tfjs-core';
import { ensureBackend } from '../../../src/backends/select-backend.browser';
import { type DatasetName, datasetNames } from '../../../src/data/datasets';
import { join, readFile, rm } from '../../../src/lib/files.browser';
import { buildModel } from '../../../src/models/build-model';
import { type Recipe, recipeSchema } from '../../../src/models/recipe';
import type { Results } from '../../../src/results/results';
import { isSame, type Training, trainingFile, trainingText } from '../../../src/results/training';
import { testBatches } from '../../../src/run/data';
import { loadDataset } from '../../../src/run/dataset.browser';
import { imageTask } from '../../../src/run/image-task';
import type { Samples } from '../protocol';
import { openRun, readRecord, runFolder } from './runs';

const SHOWN = 24;

/** Forgets every dataset: the next run on one fetches it again. */
export async function removeData(): Promise<void> {
  for (const name of datasetNames) await rm(name, { recursive: true, force: true });
}

/** Predictions of a run's model for test images. */
export async function readSamples(run: string, training: Training, images: number[]): Promise<Samples> {
  const { finished, results } = await openRun(run);
  const dataset = await findDataset(run, results?.dataset);
  const result = finished.find(({ name, seed }) => isSame({ model: name, seed }, training));
  if (!result) throw new Error(`The run ${run} has no ${trainingText(training)}.`);
  const recipe = recipeSchema.parse(result.recipe);
  const bytes = await readFile(join(runFolder(run), `${trainingFile(training)}.safetensors`));
  await ensureBackend();
  return predictSamples(dataset, recipe, training.seed, bytes, images);
}

/**
 * Predictions of a model for test images.
 *
 * @param bytes the content of its safetensors file
 * @param images indices in the test set; the first images by default
 */
export async function predictSamples(
  dataset: DatasetName,
  recipe: Recipe,
  seed: number,
  bytes: Uint8Array,
  images: number[] = [],
): Promise<Samples> {
  const all = await data(dataset);
  const chosen =
    images.length > 0 ? images : Array.from({ length: Math.min(SHOWN, all.test.count) }, (_, i) => i);
  const test = subset(all.test, chosen);
  const probabilities = await predict(recipe, bytes, { ...all, test });
  const size = test.height * test.width * test.channels;
  const classes = all.classNames.length;
  const shape: Samples['shape'] = [test.height, test.width, test.channels];
  const { metadata } = readMetadata(bytes);
  return {
    model: recipe.model,
    seed,
    dataset: all.name,
    classNames: all.classNames,
    epoch: Number(metadata.epoch ?? recipe.epochs),
    shape,
    items: chosen.map((image, i) => ({
      image,
      label: test.labels[i]!,
      pixels: test.images.slice(i * size, (i + 1) * size),
      probabilities: [...probabilities.subarray(i * classes, (i + 1) * classes)],
    })),
  };
}

async function predict(recipe: Recipe, bytes: Uint8Array, images: ImageDataset): Promise<Float32Array> {
  const task = imageTask(images);
  const model = await buildModel(recipe.model, recipe.architecture, task, { seed: 0 });
  const { tensors } = loadSafetensors(bytes);
  const found = new Float32Array(images.test.count * task.classes);
  try {
    const weights = Object.entries(tensors).filter(([name]) => name.startsWith('model/'));
    assignParameters(
      model,
      Object.fromEntries(weights.map(([name, tensor]) => [name.slice('model/'.length), tensor])),
    );
    let done = 0;
    for await (const { xs, ys } of testBatches(images, Math.min(500, images.test.count)).batches(0)) {
      const softmax = tf.tidy(() => tf.softmax(model.predict(xs)));
      const values = await softmax.data();
      found.set(values as Float32Array, done);
      done += values.length;
      tf.dispose([xs, ys, softmax]);
    }
    return found;
  } finally {
    tf.dispose(tensors);
    model.dispose();
  }
}

/** The header of a safetensors file, without its tensors. */
function readMetadata(bytes: Uint8Array): { metadata: Record<string, string> } {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  return { metadata: header.__metadata__ ?? {} };
}

/** The class names of a dataset that a training has already loaded. */
export async function loadClassNames(dataset: DatasetName): Promise<readonly string[]> {
  return (await data(dataset)).classNames;
}

/** The dataset that a run was trained on. */
async function findDataset(run: string, found: Results['dataset'] | undefined): Promise<DatasetName> {
  const { id, name } = found ?? (await readRecord(run))!.dataset;
  const known = datasetNames.find((candidate) => candidate === id);
  if (known) return known;
  throw new Error(`The run ${run} was trained on ${name}, which this page does not support.`);
}

const data = (dataset: DatasetName): Promise<ImageDataset> => loadDataset(dataset, {}, () => {});
