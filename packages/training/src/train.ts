import * as tf from '@tensorflow/tfjs-core';
import type { BatchSource } from './batches';
import { type Evaluation, evaluate } from './evaluate';
import type { Metric } from './metrics';
import type { Trainer } from './trainer';
import { yieldToEventLoop } from './yield';

export interface TrainOptions {
  data: BatchSource;
  /** How many epochs the whole training has; a restored trainer goes on in the middle. */
  epochs: number;
  /** Evaluated after every epoch. */
  validation?: BatchSource;
  /** Figures computed on every batch of the training and on the validation data. */
  metrics?: { [name: string]: Metric };
  /** Ends the training between two steps; what was learned stays in the model. */
  signal?: AbortSignal;
  onStep?: (report: StepReport) => void | Promise<void>;
  onEpoch?: (report: EpochReport) => void | Promise<void>;
}

export interface StepReport {
  /** From 0. */
  epoch: number;
  /** Steps taken so far, over all epochs. */
  step: number;
  totalSteps: number;
  /** Of this batch, before its update. */
  loss: number;
  metrics: { [name: string]: number };
  examples: number;
  /** Wall-clock time of the step, waiting for the batch included. */
  seconds: number;
  /** Part of it that was waiting for the batch. */
  dataSeconds: number;
}

export interface EpochReport {
  /** From 0. */
  epoch: number;
  steps: number;
  /** Mean over the examples of the epoch, each before its update. */
  loss: number;
  metrics: { [name: string]: number };
  validation?: Evaluation;
  /** Wall-clock time of the training steps of this epoch. */
  seconds: number;
}

/** The loss is no longer a finite number. */
export class DivergenceError extends Error {
  override readonly name = 'DivergenceError';

  /**
   * @param loss NaN or infinite
   * @param step at which it was found, from 1
   * @param epoch from 0
   */
  constructor(
    readonly loss: number,
    readonly step: number,
    readonly epoch: number,
  ) {
    super(
      `train: the loss is ${loss} at step ${step} (epoch ${epoch + 1}); lower the learning rate, warm it up, or clip the gradients, and check the inputs for NaN`,
    );
  }
}

/**
 * Trains until the epochs are over: pulls batches, takes steps, evaluates, reports. A trainer that has taken steps
 * already goes on where it stands: the batches before it are pulled again and left out.
 *
 * @returns one report for every epoch trained
 * @throws the signal's reason when it aborts, and a {@link DivergenceError} when the loss is no longer a finite number
 */
export async function train(trainer: Trainer, options: TrainOptions): Promise<EpochReport[]> {
  const { data, epochs, validation, metrics = {}, signal, onStep, onEpoch } = options;
  if (!Number.isInteger(epochs) || epochs < 1) {
    throw new Error(`train: epochs is ${epochs}; give an integer of at least 1`);
  }
  const names = Object.keys(metrics);
  const totalSteps = epochs * data.stepsPerEpoch;
  const reports: EpochReport[] = [];
  for (let epoch = Math.floor(trainer.step / data.stepsPerEpoch); epoch < epochs; epoch++) {
    let skip = trainer.step - epoch * data.stepsPerEpoch;
    const sums = new Array<number>(names.length + 1).fill(0);
    let [examples, steps, seconds] = [0, 0, 0];
    let start = performance.now();
    for await (const batch of data.batches(epoch)) {
      try {
        if (skip-- > 0) continue;
        signal?.throwIfAborted();
        const ready = performance.now();
        const size = batch.xs.shape[0]!;
        const { loss, predictions } = trainer.takeStep(batch);
        const figures = tf.tidy(() =>
          tf.stack([loss, ...names.map((name) => metrics[name]!(batch.ys, predictions))]),
        );
        const values = await figures.data();
        tf.dispose([loss, predictions, figures]);
        if (!Number.isFinite(values[0])) {
          throw new DivergenceError(values[0]!, trainer.step, epoch);
        }
        for (const [i, value] of values.entries()) sums[i]! += value * size;
        examples += size;
        steps++;
        const end = performance.now();
        seconds += (end - start) / 1000;
        await onStep?.({
          epoch,
          step: trainer.step,
          totalSteps,
          loss: values[0]!,
          metrics: byName(names, values.subarray(1)),
          examples: size,
          seconds: (end - start) / 1000,
          dataSeconds: (ready - start) / 1000,
        });
      } finally {
        tf.dispose([batch.xs, batch.ys]);
      }
      await yieldToEventLoop();
      start = performance.now();
    }
    const [loss, ...rest] = sums.map((sum) => sum / examples);
    const report: EpochReport = { epoch, steps, loss: loss!, metrics: byName(names, rest), seconds };
    if (validation) {
      report.validation = await evaluate(trainer.model, validation, { loss: trainer.loss, metrics, signal });
    }
    reports.push(report);
    await onEpoch?.(report);
  }
  return reports;
}

const byName = (names: string[], values: ArrayLike<number>): { [name: string]: number } =>
  Object.fromEntries(names.map((name, i) => [name, values[i]!]));
