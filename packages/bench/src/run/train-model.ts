import type { ImageDataset } from '@tenfold/datasets';
import { countFlops, countParameters } from '@tenfold/layers';
import { sparseSoftmaxCrossEntropy } from '@tenfold/losses';
import {
  accuracy,
  createTrainer,
  DivergenceError,
  type EpochSums,
  type Evaluation,
  evaluate,
  loadCheckpoint,
  saveCheckpoint,
  TrainingAborted,
  train,
} from '@tenfold/training';
import * as tf from '@tensorflow/tfjs-core';
import { plural } from '../lib/format';
import { architectureText } from '../models/architecture-text';
import type { Recipe } from '../models/recipe';
import { buildSchedule } from '../recipes/build-optimizer';
import type { Inference, ModelResult, Picture } from '../results/results';
import type { EvaluatedImages, RunListener } from '../results/run-events';
import { trainingText } from '../results/training';
import type { Checkpoints } from '../run-folder/checkpoints';
import { testBatches } from './data';
import { imageShape, imageTask } from './image-task';
import { measureInference } from './measure/measure-inference';
import { picturesOf } from './measure/pictures';
import { createTrainingMeter, type Measured } from './measure/training-meter';
import { type Outcome, outcomeOf } from './outcome';
import { residentMemory } from './resident-memory';
import { setUp } from './set-up';
import { trainAccuracy } from './train-accuracy';
import { sixViews, withSixViews } from './views';
import { withAverage } from './with-average';

/** One epoch of a training. */
export interface EpochRecord {
  /** From 1. */
  epoch: number;
  /** Of training so far, without evaluation. */
  seconds: number;
  trainLoss: number;
  trainAccuracy: number;
  testLoss: number;
  testAccuracy: number;
  learningRate: number;
  /** Executed by training until here. */
  flops: number | null;
  /** Used by training until here. */
  joules: number | null;
}

/** What a training of one model found. */
export interface ModelRun {
  parameters: number;
  forwardFlopsPerImage: number;
  steps: number;
  trainSeconds: number;
  imagesPerSecond: number;
  peakMemoryBytes: number;
  history: EpochRecord[];
  /** Of the training. */
  measured: Measured;
  /** How its energy was measured, or why it was not. */
  energyReason: string;
  /** Of the trained model; empty when it has no numbers. */
  inference: Inference[];
  pictures: Picture[];
  /** Why the training ended early: the loss was no longer a finite number. Null when it ran to its end. */
  diverged: string | null;
  /** Of the last finished epoch on the test images; null without one, and when its scores were not numbers. */
  outcome: Outcome | null;
  /** Of the averages over several views of each test image; null where the recipe wants none. */
  views: ModelResult['views'];
}

interface TrainModelOptions {
  recipe: Recipe;
  data: ImageDataset;
  /** What `data.test` holds. Default 'test'. */
  images?: EvaluatedImages;
  seed: number;
  /** Goes on from the newest one of this model; keeps one after every epoch, when one is due, and at the end by a signal. */
  checkpoints: Checkpoints;
  modelIndex: number;
  modelCount: number;
  /** Whether pictures of the trained model are made; true by default. */
  pictures?: boolean;
  /** Whether predictions of the trained model are timed; true by default. */
  inference?: boolean;
  /** For each batch size whose predictions are timed; 1 by default. */
  inferenceSeconds?: number;
  signal?: AbortSignal;
}

const TEST_BATCH = 500;
const nothing = { trainSeconds: 0, trained: 0, peakMemoryBytes: 0 };

/**
 * Trains one model by its recipe on the current backend and evaluates it on every test image after each epoch. Stopped
 * at any step and started again from its checkpoint, it finds what it would have found without the break.
 */
export async function trainModel(options: TrainModelOptions, listener: RunListener): Promise<ModelRun> {
  const { recipe, data, images = 'test', seed, signal, checkpoints } = options;
  const task = imageTask(data);
  const shape = imageShape(task);
  const { model, source, totalSteps, freeze, ...set } = await setUp(recipe, data, seed);
  const meter = await createTrainingMeter(model, {
    totalSteps,
    batchSize: recipe.batchSize,
    imageShape: shape,
  });
  const bare = createTrainer(model, {
    loss: set.loss,
    optimizer: meter.watchOptimizer(set.optimizer),
    seed: set.seed,
  });
  const one = meter.watchTrainer(bare);
  const learningRate = buildSchedule(recipe.optimizer.groups[0]!.learningRate, totalSteps);
  const forwardFlopsPerImage = countFlops(model, shape);
  const parameters = countParameters(model);
  const name = recipe.model;
  const training = { model: name, seed };
  listener({
    type: 'modelStart',
    ...training,
    description: describe(recipe),
    parameters,
    forwardFlopsPerImage,
    batchSize: recipe.batchSize,
    epochs: recipe.epochs,
    totalSteps,
    modelIndex: options.modelIndex,
    modelCount: options.modelCount,
  });

  const saved = await checkpoints.load(training);
  const history: EpochRecord[] = [...(saved?.progress.history ?? [])];
  let sums: EpochSums | null = saved?.progress.sums ?? null;
  let outcome = saved?.progress.outcome ?? null;
  let { trainSeconds, trained, peakMemoryBytes } = saved?.progress ?? nothing;
  let diverged: string | null = null;
  let inference: Inference[] = [];
  let pictures: Picture[] = [];
  let views: ModelResult['views'] = null;
  // The rate that is shown is of the last steps, so that it follows the machine; the time left goes by the mean of all.
  let recentRate = 0;
  try {
    if (saved) {
      loadCheckpoint(one, saved.bytes);
      meter.restore(saved.progress.measured);
      listener({
        type: 'stage',
        message: `${trainingText(training)}: resuming after step ${one.stepCount} of ${totalSteps}`,
      });
    }
    freeze(Math.floor(one.stepCount / source.stepsPerEpoch));
    meter.start();
    await train(one, {
      data: source,
      resume: sums ?? undefined,
      epochs: recipe.epochs,
      metrics: { accuracy: trainAccuracy },
      signal,
      async onStep(report) {
        sums = report.sums;
        trainSeconds += report.seconds;
        trained += report.examples;
        const rate = report.examples / report.seconds;
        recentRate = recentRate === 0 ? rate : 0.9 * recentRate + 0.1 * rate;
        peakMemoryBytes = Math.max(peakMemoryBytes, residentMemory());
        const rateNow = learningRate(report.step - 1);
        const { flops, gradientNorm } = await meter.step(report, rateNow);
        listener({
          type: 'step',
          ...training,
          epoch: report.epoch + 1,
          epochs: recipe.epochs,
          step: report.step,
          totalSteps,
          loss: report.loss,
          accuracy: report.metrics.accuracy!,
          learningRate: rateNow,
          gradientNorm,
          imagesPerSecond: recentRate,
          gflopsPerSecond: ((flops / report.examples) * recentRate) / 1e9,
          secondsLeft: (trainSeconds / report.step) * (totalSteps - report.step),
          dataWait: report.dataSeconds / report.seconds,
        });
        if (checkpoints.isDue()) await keep();
      },
      async onEpoch(report) {
        meter.pause();
        const { flops, joules } = meter.read();
        const probabilities = new Float32Array(data.test.count * task.classes);
        const test = await withAverage(one, () => evaluateOnTest(probabilities));
        sums = null;
        outcome = Number.isFinite(test.loss)
          ? outcomeOf(probabilities, data.test.labels, task.classes)
          : null;
        const record = {
          epoch: report.epoch + 1,
          seconds: trainSeconds,
          trainLoss: report.loss,
          trainAccuracy: report.metrics.accuracy!,
          testLoss: test.loss,
          testAccuracy: test.metrics.accuracy!,
          learningRate: learningRate(one.stepCount - 1),
          flops,
          joules,
        };
        history.push(record);
        const { learningRate: _, ...rest } = record;
        listener({
          type: 'epoch',
          ...training,
          images,
          ...rest,
          epochs: recipe.epochs,
          imagesPerSecond: trained / trainSeconds,
        });
        await checkpoints.saveModel(training, await keep());
        freeze(report.epoch + 1);
        meter.start();
      },
    });
    meter.pause();
    await withAverage(one, async () => {
      if (recipe.testViews === 6) views = await evaluateViews();
      listener({
        type: 'stage',
        message: `${trainingText(training)}: speed of predictions, filters, saliency`,
      });
      if (options.inference !== false) {
        inference = await measureInference(model, shape, { seconds: options.inferenceSeconds, signal });
      }
      if (outcome && options.pictures !== false) pictures = await picturesOf(model, data, { signal });
    });
  } catch (caught) {
    const error = caught instanceof TrainingAborted ? caught.cause : caught;
    if (signal?.aborted && error === signal.reason && one.stepCount > 0) await keep();
    if (!(error instanceof DivergenceError)) throw error;
    diverged = error.message;
    listener({ type: 'stage', message: `${trainingText(training)} stops: ${diverged}` });
  } finally {
    meter.dispose();
    one.dispose();
    model.dispose();
  }
  const imagesPerSecond = trainSeconds > 0 ? trained / trainSeconds : 0;
  if (diverged === null) {
    const { testAccuracy } = history.at(-1)!;
    const forecastSeconds = checkpoints.forecastOf(training) ?? null;
    listener({
      type: 'modelEnd',
      ...training,
      images,
      testAccuracy,
      trainSeconds,
      forecastSeconds,
      imagesPerSecond,
    });
  }
  return {
    parameters,
    forwardFlopsPerImage,
    steps: Math.round(trained / recipe.batchSize),
    diverged,
    trainSeconds,
    imagesPerSecond,
    peakMemoryBytes,
    history,
    measured: meter.read(),
    energyReason: meter.energyReason,
    inference,
    pictures,
    outcome,
    views,
  };

  async function keep(): Promise<Uint8Array> {
    const epoch = String(history.length);
    const bytes = await saveCheckpoint(one, { model: name, seed: String(seed), epoch });
    const { stepCount: step } = one;
    const measured = meter.read();
    const progress = { step, sums, history, outcome, trainSeconds, trained, peakMemoryBytes, measured };
    await checkpoints.save(training, bytes, { ...progress, history: [...history] });
    return bytes;
  }

  async function evaluateViews(): Promise<ModelResult['views']> {
    listener({ type: 'stage', message: `${trainingText(training)}: six views of each ${images} image` });
    const { loss, metrics } = await evaluate(withSixViews(model), testBatches(data, TEST_BATCH), {
      loss: sparseSoftmaxCrossEntropy,
      metrics: { accuracy },
      signal,
      onBatch: (_, __, done) => listener({ type: 'evaluate', model: name, done, total: data.test.count }),
    });
    if (!Number.isFinite(loss)) return null;
    return { ...sixViews, testAccuracy: metrics.accuracy!, testLoss: loss };
  }

  // The test loss is the plain cross-entropy: smoothed labels are a means of training, not a measure.
  function evaluateOnTest(probabilities: Float32Array): Promise<Evaluation> {
    return evaluate(model, testBatches(data, TEST_BATCH), {
      loss: sparseSoftmaxCrossEntropy,
      metrics: { accuracy },
      signal,
      async onBatch(_, logits, done) {
        const softmax = tf.softmax(logits);
        probabilities.set(await softmax.data(), done * task.classes - softmax.size);
        softmax.dispose();
        listener({ type: 'evaluate', model: name, done, total: data.test.count });
      },
    });
  }
}

function describe({ architecture, epochs, batchSize }: Recipe): string {
  return `${architectureText(architecture)}; ${plural(epochs, 'epoch')}, batches of ${batchSize}`;
}
