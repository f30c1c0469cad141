import type { ImageDataset } from '@tenfold/datasets';
import { countFlops, countParameters } from '@tenfold/layers';
import { sparseSoftmaxCrossEntropy } from '@tenfold/losses';
import { accuracy } from '@tenfold/metrics';
import {
  createTrainer,
  type EpochReport,
  type Evaluation,
  evaluate,
  loadCheckpoint,
  type StepReport,
  saveCheckpoint,
  type Trainer,
  train,
} from '@tenfold/training';
import * as tf from '@tensorflow/tfjs-core';
import { plural } from '../lib/format';
import { architectureText } from '../models/architecture-text';
import type { Recipe } from '../models/recipe';
import { buildSchedule } from '../recipes/build-optimizer';
import type { EvaluatedImages, RunListener } from '../results/run-events';
import { type Training, trainingText } from '../results/training';
import type { Checkpoints } from '../run-folder/checkpoints';
import type { Progress } from '../run-folder/run-state';
import { testBatches } from './data';
import { imageShape, imageTask } from './image-task';
import { measureInference } from './measure/measure-inference';
import { drawPictures } from './measure/pictures';
import { createTrainingMeter, type TrainingMeter } from './measure/training-meter';
import type { EpochRecord, Findings, ModelRun } from './model-run';
import { computeOutcome } from './outcome';
import { residentMemory } from './resident-memory';
import { type SetUp, setUp } from './set-up';
import { sixViews, withSixViews } from './views';
import { withAverage } from './with-average';

export interface TrainModelOptions {
  recipe: Recipe;
  data: ImageDataset;
  /** The kind of images in `data.test`. Default 'test'. */
  images?: EvaluatedImages;
  seed: number;
  /** Resumes from this model's newest checkpoint; saves one after every epoch, when one is due, and when the signal aborts. */
  checkpoints: Checkpoints;
  modelIndex: number;
  modelCount: number;
  /** Whether to make pictures of the trained model; true by default. */
  pictures?: boolean;
  /** Whether to time predictions of the trained model; true by default. */
  inference?: boolean;
  /** Seconds per timed batch size; 1 by default. */
  inferenceSeconds?: number;
  signal?: AbortSignal;
}

const TEST_BATCH = 500;

/** A training in progress: its parts, its state, and the handling of steps and epochs. */
export class TrainingSession {
  /** The state that a checkpoint stores, in addition to those of the trainer and the meter. */
  private progress: Omit<Progress, 'step' | 'measured'> = {
    sums: null,
    history: [],
    outcome: null,
    trainSeconds: 0,
    trained: 0,
    peakMemoryBytes: 0,
  };
  /** Images per second of recent steps, so that it follows the machine; the time left uses the mean of all steps. */
  private recentRate = 0;
  private readonly training: Training;
  private readonly learningRate: (step: number) => number;
  private readonly parameters: number;
  private readonly forwardFlopsPerImage: number;

  private constructor(
    private readonly options: TrainModelOptions,
    private readonly listener: RunListener,
    private readonly setup: SetUp,
    private readonly meter: TrainingMeter,
    private readonly trainer: Trainer,
  ) {
    const { recipe, data, seed } = options;
    this.training = { model: recipe.model, seed };
    this.learningRate = buildSchedule(recipe.optimizer.groups[0]!.learningRate, setup.totalSteps);
    this.parameters = countParameters(setup.model);
    this.forwardFlopsPerImage = countFlops(setup.model, imageShape(imageTask(data)));
  }

  /** Sets up a training, which the caller disposes. */
  static async open(options: TrainModelOptions, listener: RunListener): Promise<TrainingSession> {
    const { recipe, data, seed } = options;
    const setup = await setUp(recipe, data, seed);
    const meter = await createTrainingMeter(setup.model, {
      totalSteps: setup.totalSteps,
      batchSize: recipe.batchSize,
      imageShape: imageShape(imageTask(data)),
    });
    const trainer = createTrainer(setup.model, {
      loss: setup.loss,
      optimizer: meter.watchOptimizer(setup.optimizer),
      seed: setup.seed,
    });
    return new TrainingSession(options, listener, setup, meter, meter.watchTrainer(trainer));
  }

  /** Announces the training, and resumes from its newest checkpoint if there is one. */
  async begin(): Promise<void> {
    const { recipe, checkpoints, modelIndex, modelCount } = this.options;
    const { totalSteps, source, freeze } = this.setup;
    this.listener({
      type: 'modelStart',
      ...this.training,
      description: describe(recipe),
      parameters: this.parameters,
      forwardFlopsPerImage: this.forwardFlopsPerImage,
      batchSize: recipe.batchSize,
      epochs: recipe.epochs,
      totalSteps,
      modelIndex,
      modelCount,
    });
    const saved = await checkpoints.load(this.training);
    if (saved) {
      const { step: _, measured, ...progress } = saved.progress;
      this.progress = { ...progress, history: [...progress.history] };
      loadCheckpoint(this.trainer, saved.bytes);
      this.meter.restore(measured);
      this.announce(`resuming after step ${this.trainer.stepCount} of ${totalSteps}`);
    }
    freeze(Math.floor(this.trainer.stepCount / source.stepsPerEpoch));
  }

  /** Trains to the last epoch. */
  async train(): Promise<void> {
    const { recipe, signal } = this.options;
    this.meter.start();
    await train(this.trainer, {
      data: this.setup.source,
      resume: this.progress.sums ?? undefined,
      epochs: recipe.epochs,
      metrics: { accuracy },
      signal,
      onStep: (report) => this.reportStep(report),
      onEpoch: (report) => this.finishEpoch(report),
    });
    this.meter.pause();
  }

  /** Measures the trained model's accuracy with test-time augmentation and its inference speed, and draws its pictures. */
  async measure(): Promise<Findings> {
    const { recipe, data, signal, inference, inferenceSeconds: seconds, pictures } = this.options;
    const { model } = this.setup;
    const shape = imageShape(imageTask(data));
    return withAverage(this.trainer, async () => {
      const views = recipe.testViews === 6 ? await this.evaluateViews() : null;
      const draws = this.progress.outcome && pictures !== false;
      const tasks = [inference !== false && 'measuring inference', draws && 'drawing explanations'];
      if (tasks.some(Boolean)) this.announce(tasks.filter(Boolean).join(' and '));
      return {
        views,
        inference: inference === false ? [] : await measureInference(model, shape, { seconds, signal }),
        pictures: draws ? await drawPictures(model, data, { signal }) : [],
      };
    });
  }

  /** Saves a checkpoint of a training that ends early, unless it has not begun. */
  async interrupt(): Promise<void> {
    if (this.trainer.stepCount > 0) await this.keep();
  }

  /** Reports that the training ends early. */
  diverge(reason: string): void {
    this.listener({ type: 'stage', message: `${trainingText(this.training)} stops: ${reason}` });
  }

  /** Returns the result of the training, and reports its end if it is complete. */
  summarize(findings: Findings, diverged: string | null): ModelRun {
    const { recipe, images = 'test', checkpoints } = this.options;
    const { history, outcome, trainSeconds, trained, peakMemoryBytes } = this.progress;
    const imagesPerSecond = trainSeconds > 0 ? trained / trainSeconds : 0;
    if (diverged === null) {
      this.listener({
        type: 'modelEnd',
        ...this.training,
        images,
        testAccuracy: history.at(-1)!.testAccuracy,
        trainSeconds,
        forecastSeconds: checkpoints.savedForecast(this.training) ?? null,
        imagesPerSecond,
      });
    }
    return {
      parameters: this.parameters,
      forwardFlopsPerImage: this.forwardFlopsPerImage,
      steps: Math.round(trained / recipe.batchSize),
      diverged,
      trainSeconds,
      imagesPerSecond,
      peakMemoryBytes,
      history,
      measured: this.meter.read(),
      energyReason: this.meter.energyReason,
      outcome,
      ...findings,
    };
  }

  dispose(): void {
    this.meter.dispose();
    this.trainer.dispose();
    this.setup.model.dispose();
  }

  private async reportStep(report: StepReport): Promise<void> {
    const { progress, options } = this;
    const { totalSteps } = this.setup;
    progress.sums = report.sums;
    progress.trainSeconds += report.seconds;
    progress.trained += report.examples;
    progress.peakMemoryBytes = Math.max(progress.peakMemoryBytes, residentMemory());
    const rate = report.examples / report.seconds;
    this.recentRate = this.recentRate === 0 ? rate : 0.9 * this.recentRate + 0.1 * rate;
    const learningRate = this.learningRate(report.step - 1);
    const { flops, gradientNorm } = await this.meter.step(report, learningRate);
    this.listener({
      type: 'step',
      ...this.training,
      epoch: report.epoch + 1,
      epochs: options.recipe.epochs,
      step: report.step,
      totalSteps,
      loss: report.loss,
      accuracy: report.metrics.accuracy!,
      learningRate,
      gradientNorm,
      imagesPerSecond: this.recentRate,
      gflopsPerSecond: ((flops / report.examples) * this.recentRate) / 1e9,
      secondsLeft: (progress.trainSeconds / report.step) * (totalSteps - report.step),
      dataWait: report.dataSeconds / report.seconds,
    });
    if (options.checkpoints.isDue()) await this.keep();
  }

  private async finishEpoch(report: EpochReport): Promise<void> {
    const { meter, progress, trainer } = this;
    const { recipe, data, images = 'test', checkpoints } = this.options;
    const { classes } = imageTask(data);
    meter.pause();
    const { flops, joules } = meter.read();
    const probabilities = new Float32Array(data.test.count * classes);
    const test = await withAverage(trainer, () => this.evaluateOnTest(probabilities));
    progress.sums = null;
    progress.outcome = Number.isFinite(test.loss)
      ? computeOutcome(probabilities, data.test.labels, classes)
      : null;
    const record: EpochRecord = {
      epoch: report.epoch + 1,
      seconds: progress.trainSeconds,
      trainLoss: report.loss,
      trainAccuracy: report.metrics.accuracy!,
      testLoss: test.loss,
      testAccuracy: test.metrics.accuracy!,
      learningRate: this.learningRate(trainer.stepCount - 1),
      flops,
      joules,
    };
    progress.history.push(record);
    const { learningRate: _, ...rest } = record;
    this.listener({
      type: 'epoch',
      ...this.training,
      images,
      ...rest,
      epochs: recipe.epochs,
      imagesPerSecond: progress.trained / progress.trainSeconds,
    });
    await checkpoints.saveModel(this.training, await this.keep());
    this.setup.freeze(report.epoch + 1);
    meter.start();
  }

  private async keep(): Promise<Uint8Array> {
    const { training, trainer, progress } = this;
    const { model, seed } = training;
    const epoch = String(progress.history.length);
    const bytes = await saveCheckpoint(trainer, { model, seed: String(seed), epoch });
    await this.options.checkpoints.save(training, bytes, {
      ...progress,
      step: trainer.stepCount,
      measured: this.meter.read(),
      history: [...progress.history],
    });
    return bytes;
  }

  // The test loss is plain cross-entropy, since label smoothing is a training technique, not a metric.
  private evaluateOnTest(probabilities: Float32Array): Promise<Evaluation> {
    const { data, signal } = this.options;
    const { classes } = imageTask(data);
    return evaluate(this.setup.model, testBatches(data, TEST_BATCH), {
      loss: sparseSoftmaxCrossEntropy,
      metrics: { accuracy },
      signal,
      onBatch: async (_, logits, done) => {
        const softmax = tf.softmax(logits);
        probabilities.set(await softmax.data(), done * classes - softmax.size);
        softmax.dispose();
        this.reportEvaluation(done);
      },
    });
  }

  private async evaluateViews(): Promise<ModelRun['views']> {
    const { data, images = 'test', signal } = this.options;
    this.announce(`test-time augmentation, six views of each ${images} image`);
    const { loss, metrics } = await evaluate(withSixViews(this.setup.model), testBatches(data, TEST_BATCH), {
      loss: sparseSoftmaxCrossEntropy,
      metrics: { accuracy },
      signal,
      onBatch: (_, __, done) => this.reportEvaluation(done),
    });
    if (!Number.isFinite(loss)) return null;
    return { ...sixViews, testAccuracy: metrics.accuracy!, testLoss: loss };
  }

  private announce(what: string): void {
    this.listener({ type: 'stage', message: `${trainingText(this.training)}: ${what}` });
  }

  private reportEvaluation(done: number): void {
    const { model } = this.training;
    this.listener({ type: 'evaluate', model, done, total: this.options.data.test.count });
  }
}

function describe({ architecture, epochs, batchSize }: Recipe): string {
  return `${architectureText(architecture)}; ${plural(epochs, 'epoch')}, batches of ${batchSize}`;
}
