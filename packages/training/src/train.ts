import {
  assertOptions,
  count,
  finite,
  func,
  index,
  type Kinds,
  nonNegative,
  object,
  required,
  show,
} from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { Data } from './batch';
import type { Trainer } from './create-trainer';
import { DivergenceError } from './divergence-error';
import type { EpochReport } from './epoch-report';
import { evaluateSource } from './evaluate';
import { explainDivergenceLater } from './explain-divergence';
import { assertModel, dataKind, lossKind, metricsKind, signalKind } from './kinds';
import { measure } from './measure';
import type { Metric } from './metric';
import { openSource, type Source } from './sources/open-source';
import type { StopRule } from './stop-rule';
import { TrainingAborted } from './training-aborted';
import { yieldToEventLoop } from './yield-to-event-loop';

export interface TrainOptions<X = tf.Tensor, Y = tf.Tensor, O = tf.Tensor> {
  /** What is learned: a source of batches, `{ xs, ys }` with all examples, or another form of {@link Data}. */
  data: Data<X, Y>;
  /** How many epochs the whole training has; a restored trainer continues in the middle. */
  epochs: number;
  /** Ends every epoch after this many batches: for data without an end, such as a generator's. */
  stepsPerEpoch?: number;
  /** Evaluated after every epoch; data of any form. */
  validation?: Data<X, Y>;
  /**
   * The loss of the validation data, where it is not the loss that is trained: of plain labels where the training mixes or
   * smooths them.
   */
  validationLoss?: (labels: Y, predictions: O) => tf.Tensor;
  /** What is measured on every batch of the training and on the validation data, by name, such as `{ accuracy }`. */
  metrics?: { [name: string]: Metric<Y, O> };
  /** Ends the training before its last epoch, such as `earlyStopping({ patience: 5 })`. */
  stop?: StopRule;
  /**
   * The sums of the epoch that the trainer was stopped in: `sums` of its last {@link StepReport}. Its report is then of
   * the whole epoch. Without it, an epoch begun in the middle reports what is left of it.
   */
  resume?: EpochSums;
  /** Ends the training between two steps; what was learned stays in the model. */
  signal?: AbortSignal;
  /** Called after every step. */
  onStep?: (report: StepReport) => void | Promise<void>;
  /** Called after every epoch; when it returns false, or a promise of it, the training ends there. */
  onEpoch?: (report: EpochReport) => unknown;
}

/** What happened in one training step. */
export interface StepReport {
  /** From 0. */
  epoch: number;
  /** Steps taken so far, over all epochs. */
  step: number;
  /** Steps of all epochs; NaN where the data does not say how many batches it has. */
  totalSteps: number;
  /** Of this batch before its update, with the penalty. */
  loss: number;
  /** Of this batch, by name. */
  metrics: { [name: string]: number };
  /** In this batch. */
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
  /** Steps taken. */
  steps: number;
  /** Examples seen. */
  examples: number;
  /** Of the training steps. */
  seconds: number;
  /** Sum over the examples. */
  loss: number;
  /** Sums over the examples. */
  metrics: { [name: string]: number };
}

export const trainKinds: Kinds<TrainOptions> = {
  data: required(dataKind),
  epochs: required(count),
  stepsPerEpoch: count,
  validation: dataKind,
  validationLoss: lossKind,
  metrics: metricsKind,
  stop: func,
  resume: object,
  signal: signalKind,
  onStep: func,
  onEpoch: func,
};

/**
 * Trains until the epochs are over: pulls batches, takes steps, evaluates, reports. A trainer that has taken steps
 * already continues where it is: the batches before it are pulled again and left out.
 *
 * @returns one report for every epoch trained; none where the trainer has taken the steps of all epochs
 * @throws a {@link TrainingAborted} with the reports so far when the signal aborts; a {@link DivergenceError} when loss or
 *   gradients are no longer finite; on data, options or shapes that do not fit. Whatever fails, no tensor is left behind
 * @example
 * loadCheckpoint(trainer, bytes); // saved at a step, with its report.sums
 * await train(trainer, { data, epochs: 8, resume: sums }); // ends where a training without a break would have
 */
export async function train<X = tf.Tensor, Y = tf.Tensor, O = tf.Tensor>(
  trainer: Trainer<X, Y, O>,
  options: TrainOptions<X, Y, O>,
): Promise<EpochReport[]> {
  if (typeof (trainer as { step?: unknown } | null | undefined)?.step !== 'function') {
    throw new Error(`train: the trainer is ${show(trainer)}; give what createTrainer returns, or use fit`);
  }
  assertModel('train', trainer.model);
  assertOptions<TrainOptions>('train', options as unknown as TrainOptions, trainKinds);
  return runTraining('train', trainer, options);
}

/** The same with checked options. */
export async function runTraining<X, Y, O>(
  name: string,
  trainer: Trainer<X, Y, O>,
  options: TrainOptions<X, Y, O>,
): Promise<EpochReport[]> {
  const { epochs, metrics = {}, signal } = options;
  const reports: EpochReport[] = [];
  const validated = options.validation === undefined ? [] : ['loss', ...Object.keys(metrics)];
  const rule = options.stop?.({ trainer: trainer as unknown as Trainer, validated });
  let source: Source<X, Y> | undefined;
  let validation: Source<X, Y> | undefined;
  let isOver = false;
  try {
    source = await openSource(name, 'data', options.data, { epochs, stepsPerEpoch: options.stepsPerEpoch });
    validation =
      options.validation && (await openSource<X, Y>(name, 'validation', options.validation, { epochs }));
    await runEpochs(name, trainer, options, { source, validation, reports, rule });
    isOver = true;
    return reports;
  } catch (error) {
    if (signal?.aborted && error === signal.reason) throw new TrainingAborted(error, reports);
    throw error;
  } finally {
    rule?.end?.(isOver);
    await source?.close();
    await validation?.close();
  }
}

interface Loop<X, Y> {
  source: Source<X, Y>;
  validation: Source<X, Y> | undefined;
  reports: EpochReport[];
  rule: ReturnType<StopRule> | undefined;
}

async function runEpochs<X, Y, O>(
  name: string,
  trainer: Trainer<X, Y, O>,
  options: TrainOptions<X, Y, O>,
  { source, validation, reports, rule }: Loop<X, Y>,
): Promise<void> {
  const { epochs, metrics = {}, signal, onStep, onEpoch } = options;
  const names = Object.keys(metrics);
  const isSum = trainer.reduction === 'sum';
  if (!source.isRepeatable && trainer.stepCount > 0) {
    throw new Error(
      `${name}: data can be gone through once, but the trainer has taken ${trainer.stepCount} steps, whose batches are to be left out; give a function that returns new batches for every epoch`,
    );
  }
  const stepsPerEpoch = source.stepsPerEpoch ?? (await countSteps(trainer.stepCount, source));
  let resume = options.resume && checkedSums(name, options.resume, trainer.stepCount, stepsPerEpoch, names);
  // An epoch whose steps were all taken, but that was not reported, is reported now.
  const first = (trainer.stepCount - (resume?.steps ?? 0)) / (stepsPerEpoch ?? 1);
  for (let epoch = Math.floor(first); epoch < epochs; epoch++) {
    let skip = epoch <= first ? trainer.stepCount - epoch * (stepsPerEpoch ?? 0) : 0;
    let sums: EpochSums = resume ?? { steps: 0, examples: 0, seconds: 0, loss: 0, metrics: zeros(names) };
    resume = undefined;
    let start = performance.now();
    for await (const { batch, size, release } of skip === stepsPerEpoch ? [] : source.batches(epoch)) {
      let results: tf.TensorContainer[] = [];
      try {
        if (skip-- > 0) continue;
        signal?.throwIfAborted();
        const ready = performance.now();
        const { loss, predictions } = trainer.step(batch);
        results = [loss, predictions as tf.TensorContainer];
        const measured = measure(name, loss, metrics, batch.ys, predictions);
        results.push(measured);
        const values = await measured.data();
        if (!Number.isFinite(values[0])) {
          // On a GPU: the step has changed nothing but the count.
          trainer.restore(trainer.stepCount - 1, trainer.state);
          const cause = await explainDivergenceLater(batch, predictions);
          throw new DivergenceError({ by: name, loss: values[0]!, step: trainer.stepCount + 1, cause });
        }
        const seconds = (performance.now() - start) / 1000;
        sums = {
          steps: sums.steps + 1,
          examples: sums.examples + size,
          seconds: sums.seconds + seconds,
          loss: sums.loss + values[0]! * (isSum ? 1 : size),
          metrics: byName(names, (key, i) => sums.metrics[key]! + values[i + 1]! * size),
        };
        await onStep?.({
          epoch,
          step: trainer.stepCount,
          totalSteps: epochs * (source.stepsPerEpoch ?? Number.NaN),
          loss: isSum ? values[0]! / size : values[0]!,
          metrics: byName(names, (_, i) => values[i + 1]!),
          examples: size,
          seconds,
          dataSeconds: (ready - start) / 1000,
          sums,
        });
      } catch (error) {
        if (!(error instanceof DivergenceError)) throw error;
        throw new DivergenceError({ ...error.divergence, by: name, epoch, reports });
      } finally {
        tf.dispose(results);
        release();
      }
      await yieldToEventLoop();
      start = performance.now();
    }
    const { steps, examples, seconds } = sums;
    const report: EpochReport = {
      epoch,
      steps,
      loss: sums.loss / examples,
      metrics: byName(names, (key) => sums.metrics[key]! / examples),
      seconds,
    };
    if (validation) {
      const { model, reduction } = trainer;
      const loss = options.validationLoss ?? trainer.loss;
      report.validation = await evaluateSource(`${name}: validation`, model, validation, {
        loss,
        metrics,
        reduction,
        signal,
      });
    }
    reports.push(report);
    const goesOn = await onEpoch?.(report);
    if (rule?.shouldStop(report) || goesOn === false) return;
  }
}

/** How many batches an epoch has, by pulling one; undefined at the start, where that does not matter. */
async function countSteps<X, Y>(stepCount: number, source: Source<X, Y>): Promise<number | undefined> {
  if (stepCount === 0) return undefined;
  let steps = 0;
  for await (const { release } of source.batches(0)) {
    release();
    steps++;
  }
  return steps;
}

/** Sums of another step, or of other metrics, would give a report that is wrong and looks right. */
function checkedSums(
  name: string,
  sums: EpochSums,
  step: number,
  stepsPerEpoch: number | undefined,
  names: string[],
): EpochSums {
  const what = `${name}: resume`;
  const { steps } = sums;
  assertOptions<EpochSums>(what, sums, {
    steps: required(index),
    examples: required(index),
    seconds: required(nonNegative),
    loss: required(finite),
    metrics: required(object),
  });
  const perEpoch = stepsPerEpoch ?? 0;
  if (steps > perEpoch || steps > step || (step - steps) % (perEpoch || 1) !== 0) {
    throw new Error(
      `${what} is after ${steps} steps of an epoch of ${perEpoch}, but the trainer has taken ${step}; give the sums of its last step, or none at the start of an epoch`,
    );
  }
  const missing = names.find((key) => !Number.isFinite(sums.metrics[key]));
  if (missing !== undefined) {
    throw new Error(
      `${what} has no sum of the metric '${missing}', only of ${JSON.stringify(Object.keys(sums.metrics))}; give the metrics that it was saved with`,
    );
  }
  return sums;
}

const zeros = (names: string[]) => byName(names, () => 0);

const byName = (names: string[], value: (name: string, i: number) => number): { [name: string]: number } =>
  Object.fromEntries(names.map((name, i) => [name, value(name, i)]));
