import {
  assertOptions,
  count,
  flag,
  type Kinds,
  object,
  oneOf,
  required,
  seed as seedKind,
} from '@tenfold/checks';
import { countFlops as countExecuted } from '@tenfold/kernels';
import { countFlops, countParameters } from '@tenfold/layers';
import { sparseSoftmaxCrossEntropy } from '@tenfold/losses';
import { adamW, type Optimizer, sgd } from '@tenfold/optimizers';
import { createRng } from '@tenfold/random';
import { createTrainer } from '@tenfold/training';
import * as tf from '@tensorflow/tfjs-core';
import { measurePeak } from '../backends/measure-peak';
import { type DatasetName, datasetNames, datasets, defaultDataset } from '../data/datasets';
import { buildModel } from '../models/build-model';
import type { Architecture, ModelDefinition } from '../models/model-definition';
import { type ModelName, modelNames, models } from '../models/models';
import type { Results } from '../results/results';
import { createImageTask, imageShape } from './image-task';
import { computeQuantiles } from './measure/quantiles';

export interface StepOptions {
  /** The model whose steps are measured. */
  model: ModelName;
  /** The dataset whose images have the size, channels and classes; CIFAR-10 by default. It is not loaded. */
  dataset?: DatasetName;
  /** Options of the architecture, such as `{ widths: [64, 256, 256] }`; the model's full size by default. */
  architecture?: Architecture;
  /** Images in a step. */
  batchSize: number;
  /** Measured steps, after one warmup step. */
  steps: number;
  /** Seed of parameters and data; 0 by default. */
  seed?: number;
  /** Whether to measure the backend's peak as well, after the steps; true by default. */
  peak?: boolean;
}

/** Training throughput of one model: medians over the steps. */
export interface StepMeasurement {
  model: ModelName;
  dataset: DatasetName;
  architecture: Architecture;
  backend: string;
  batchSize: number;
  steps: number;
  parameters: number;
  forwardFlopsPerImage: number;
  stepMilliseconds: { median: number; p10: number; p90: number; all: number[] };
  imagesPerSecond: number;
  /** Executed by a step: forward, backward where a gradient is needed, matrix products of the optimizer. */
  flopsPerStep: number;
  /** Executed per second. */
  gflops: number;
  /** The backend's measured peak, and `gflops` as a fraction of it; null when it was not requested. */
  peak: Results['peak'];
  peakFraction: number | null;
}

const kinds: Kinds<StepOptions> = {
  model: required(oneOf(...modelNames)),
  dataset: oneOf(...datasetNames),
  architecture: object,
  batchSize: required(count),
  steps: required(count),
  seed: seedKind,
  peak: flag,
};

/**
 * Times whole training steps (forward, backward, optimizer) on random images that are already on the backend: the speed of
 * the network, without the input pipeline. The optimizer is SGD with Nesterov momentum or AdamW, as the model's file says.
 * There is no dropout, as in the PyTorch programs that this is compared with.
 *
 * @throws when an option is unknown or out of its range
 */
export async function measureStep(options: StepOptions): Promise<StepMeasurement> {
  assertOptions('measureStep', options, kinds);
  const {
    model: name,
    dataset = defaultDataset,
    architecture = {},
    batchSize,
    steps,
    seed = 0,
    peak: wantsPeak = true,
  } = options;
  const { needs, step } = models[name];
  const { title, imageShape: size, classes } = datasets[dataset];
  const task = createImageTask(title, size, classes);
  const built = { ...step.architecture, ...architecture };
  const rng = createRng(seed);
  const filters = 2 * 2 * task.inChannels;
  const whitening =
    needs === 'whitening'
      ? rng.fork('whitening').fillNormal(new Float32Array(filters * 2 * filters))
      : undefined;
  const model = await buildModel(name, built, { ...task, whitening }, { seed });
  const trainer = createTrainer(model, {
    loss: (labels, logits) => sparseSoftmaxCrossEntropy(labels, logits, { labelSmoothing: 0.2 }),
    optimizer: optimizers[step.optimizer](),
    seed,
  });
  const shape = imageShape(task);
  const images = new Float32Array(batchSize * tf.util.sizeFromShape(shape));
  const xs = tf.tensor(rng.fork('images').fillNormal(images), [batchSize, ...shape]);
  const ys = tf.tensor(
    Int32Array.from({ length: batchSize }, (_, i) => i % task.classes),
    [batchSize],
    'int32',
  );
  const all: number[] = [];
  let flopsPerStep = 0;
  for (let i = 0; i <= steps; i++) {
    const start = performance.now();
    const { result, flops } = countExecuted(() => trainer.step({ xs, ys }));
    const { loss, predictions } = result;
    flopsPerStep = flops;
    await loss.data(); // a step has ended when its loss can be read and all updates are done
    await smallest(model.trainable()).data();
    tf.dispose([loss, predictions]);
    if (i > 0) all.push(performance.now() - start);
  }
  const parameters = countParameters(model);
  const forwardFlopsPerImage = countFlops(model, shape);
  trainer.dispose();
  model.dispose();
  tf.dispose([xs, ys]);
  const peak = wantsPeak ? await measurePeak() : null;
  const times = computeQuantiles(all);
  const imagesPerSecond = (1000 * batchSize) / times.median;
  const gflops = flopsPerStep / times.median / 1e6;
  return {
    model: name,
    dataset,
    architecture: built,
    backend: tf.getBackend(),
    batchSize,
    steps,
    parameters,
    forwardFlopsPerImage,
    stepMilliseconds: { ...times, all },
    imagesPerSecond,
    flopsPerStep,
    gflops,
    peak,
    peakFraction: peak && gflops / peak.gflopsPerSecond,
  };
}

/** Reading it waits for the updates; copying a large one would cost as much as some kernels of the step. */
function smallest(parameters: { [name: string]: tf.Variable }): tf.Variable {
  return Object.values(parameters).reduce((least, trainer) => (trainer.size < least.size ? trainer : least));
}

const optimizers: Record<ModelDefinition['step']['optimizer'], () => Optimizer> = {
  sgd: () => sgd({ learningRate: 0.1, momentum: 0.85, nesterov: true }),
  adamW: () => adamW({ learningRate: 1e-3 }),
};
