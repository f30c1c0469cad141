import * as tf from '@tensorflow/tfjs-core';
import type { BatchSource } from './batches';
import type { Trainer } from './create-trainer';
import { type Evaluation, evaluate } from './evaluate';
import type { Metric } from './metrics';
import { yieldToEventLoop } from './yield';

export interface TrainOptions {
  data: BatchSource;
  /** How many epochs the whole training has; a restored trainer goes on in the middle. */
  epochs: number;
  /** Evaluated after every epoch. */
  validation?: BatchSource;
  /** Figures computed on every batch of the training and on the validation data. */
  metrics?: { [name: string]: Metric };
  /**
   * What the epoch that the trainer stands in had summed when it was stopped: the `sums` of its last {@link StepReport}.
   * Its report is then of the whole epoch. Without it, an epoch begun in the middle reports what is left of it.
   */
  resume?: EpochSums;
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
  /** Of the epoch so far, this step included: keep them with a checkpoint to `resume` the epoch. */
  sums: EpochSums;
}

/** What an epoch has summed so far: numbers that JSON keeps exactly. */
export interface EpochSums {
  steps: number;
  examples: number;
  /** Of the training steps. */
  seconds: number;
  /** Sum over the examples. */
  loss: number;
  /** Sums over the examples. */
  metrics: { [name: string]: number };
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
 * @example
 * loadCheckpoint(trainer, bytes); // saved at a step, with its report.sums
 * await train(trainer, { data, epochs: 8, resume: sums }); // ends where a training without a break would have
 */
export async function train(trainer: Trainer, options: TrainOptions): Promise<EpochReport[]> {
  const { data, epochs, validation, metrics = {}, signal, onStep, onEpoch } = options;
  if (!Number.isInteger(epochs) || epochs < 1) {
    throw new Error(`train: epochs is ${epochs}; give an integer of at least 1`);
  }
  const { stepsPerEpoch } = data;
  const names = Object.keys(metrics);
  const totalSteps = epochs * stepsPerEpoch;
  const reports: EpochReport[] = [];
  let resume = options.resume && checkedSums(options.resume, trainer.stepCount, stepsPerEpoch, names);
  // An epoch whose steps were all taken, but that was not reported, is reported now.
  const first = resume
    ? (trainer.stepCount - resume.steps) / stepsPerEpoch
    : trainer.stepCount / stepsPerEpoch;
  for (let epoch = Math.floor(first); epoch < epochs; epoch++) {
    let skip = trainer.stepCount - epoch * stepsPerEpoch;
    let sums: EpochSums = resume ?? { steps: 0, examples: 0, seconds: 0, loss: 0, metrics: zeros(names) };
    resume = undefined;
    let start = performance.now();
    for await (const batch of skip < stepsPerEpoch ? data.batches(epoch) : []) {
      try {
        if (skip-- > 0) continue;
        signal?.throwIfAborted();
        const ready = performance.now();
        const size = batch.xs.shape[0]!;
        const { loss, predictions } = trainer.step(batch);
        const figures = tf.tidy(() =>
          tf.stack([loss, ...names.map((name) => metrics[name]!(batch.ys, predictions))]),
        );
        const values = await figures.data();
        tf.dispose([loss, predictions, figures]);
        if (!Number.isFinite(values[0])) {
          throw new DivergenceError(values[0]!, trainer.stepCount, epoch);
        }
        const seconds = (performance.now() - start) / 1000;
        sums = {
          steps: sums.steps + 1,
          examples: sums.examples + size,
          seconds: sums.seconds + seconds,
          loss: sums.loss + values[0]! * size,
          metrics: byName(names, (name, i) => sums.metrics[name]! + values[i + 1]! * size),
        };
        await onStep?.({
          epoch,
          step: trainer.stepCount,
          totalSteps,
          loss: values[0]!,
          metrics: byName(names, (_, i) => values[i + 1]!),
          examples: size,
          seconds,
          dataSeconds: (ready - start) / 1000,
          sums,
        });
      } finally {
        tf.dispose([batch.xs, batch.ys]);
      }
      await yieldToEventLoop();
      start = performance.now();
    }
    const { steps, examples, seconds } = sums;
    const report: EpochReport = {
      epoch,
      steps,
      loss: sums.loss / examples,
      metrics: byName(names, (name) => sums.metrics[name]! / examples),
      seconds,
    };
    if (validation) {
      report.validation = await evaluate(trainer.model, validation, { loss: trainer.loss, metrics, signal });
    }
    reports.push(report);
    await onEpoch?.(report);
  }
  return reports;
}

/** Sums of another step, or of other metrics, would give a report that is wrong and looks right. */
function checkedSums(sums: EpochSums, step: number, stepsPerEpoch: number, names: string[]): EpochSums {
  const { steps } = sums;
  if (steps < 0 || steps > stepsPerEpoch || steps > step || (step - steps) % stepsPerEpoch !== 0) {
    throw new Error(
      `train: resume is after ${steps} steps of an epoch of ${stepsPerEpoch}, but the trainer has taken ${step}; give the sums of its last step, or none at the start of an epoch`,
    );
  }
  const missing = names.find((name) => typeof sums.metrics[name] !== 'number');
  if (missing !== undefined) {
    throw new Error(
      `train: resume has no sum of the metric '${missing}', only of ${JSON.stringify(Object.keys(sums.metrics))}; give the metrics that it was saved with`,
    );
  }
  return sums;
}

const zeros = (names: string[]) => byName(names, () => 0);

const byName = (names: string[], value: (name: string, i: number) => number): { [name: string]: number } =>
  Object.fromEntries(names.map((name, i) => [name, value(name, i)]));
