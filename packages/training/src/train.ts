import {
  assertOptions,
  count,
  finite,
  func,
  index,
  type Kinds,
  nonNegative,
  object,
  probability,
  required,
  show,
} from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { Data } from './batch';
import { assertCallbacks, type Callback, type Callbacks, callbacksKind, startCallbacks } from './callback';
import { counted } from './counted';
import type { Trainer } from './create-trainer';
import { DivergenceError, isDivergence } from './divergence-error';
import type { EpochReport } from './epoch-report';
import { evaluateSource } from './evaluate';
import { explainDivergenceLater } from './explain-divergence';
import { findOverflow } from './find-overflow';
import { assertMetrics, assertModel, dataKind, lossKind, metricsKind, signalKind } from './kinds';
import {
  addBatch,
  batchValues,
  emptyStates,
  type Measurement,
  measure,
  metricValues,
  readMeasurement,
} from './measure';
import type { MetricState, Metrics } from './metric';
import { sumClassWeights } from './options/class-weights';
import { shared } from './shared';
import { openSource, type Source } from './sources/open-source';
import type { EpochSums, StepReport } from './step-report';
import { TrainingAborted } from './training-aborted';
import { yieldToEventLoop } from './yield-to-event-loop';

export interface TrainOptions<X = tf.Tensor, Y = tf.Tensor, O = tf.Tensor> {
  /** The training data: a source of batches, `{ xs, ys }` with all examples, or another form of {@link Data}. */
  data: Data<X, Y>;
  /** The total number of epochs, including those that a restored trainer has done. */
  epochs: number;
  /** The number of batches after which an epoch ends, for infinite data such as a generator. */
  stepsPerEpoch?: number;
  /** The validation data, evaluated after every epoch. */
  validation?: Data<X, Y>;
  /**
   * The share in (0, 1) of the examples of `{ xs, ys }` that is kept for validation, instead of `validation`. They are drawn with the
   * seed of the data, the same in every epoch and run.
   */
  validationSplit?: number;
  /**
   * The loss for the validation data, if it differs from the training loss: for example for class indices, if the training mixes
   * labels.
   */
  validationLoss?: (labels: Y, predictions: O) => tf.Tensor;
  /** Metrics of the training batches and the validation data, by name, such as `{ accuracy }`. */
  metrics?: Metrics<Y, O>;
  /** Callbacks, such as `[earlyStopping({ patience: 5 }), csvLogger({ file: 'run.csv' })]`. */
  callbacks?: readonly Callback[];
  /**
   * The sums of the interrupted epoch: `sums` of its last {@link StepReport}. With them, its report covers the whole epoch;
   * without them, only the remaining steps.
   */
  resume?: EpochSums;
  /** Aborts training between two steps, or while it waits for data. The model keeps what it has learned. */
  signal?: AbortSignal;
  /** Called after every step. */
  onStep?: (report: StepReport) => void | Promise<void>;
  /** Called after every epoch. Training ends if it returns false or a promise of false. */
  onEpoch?: (report: EpochReport) => unknown;
}

export const trainKinds: Kinds<TrainOptions> = {
  data: required(dataKind),
  epochs: required(count),
  stepsPerEpoch: count,
  validation: dataKind,
  validationSplit: {
    expected: 'a number in (0, 1)',
    accepts: (value) => probability.accepts(value) && value !== 0 && value !== 1,
  },
  validationLoss: lossKind,
  metrics: metricsKind,
  callbacks: callbacksKind,
  resume: object,
  signal: signalKind,
  onStep: func,
  onEpoch: func,
};

/**
 * Trains for the given number of epochs: takes steps, evaluates and reports. A trainer that has already taken steps continues from
 * there: the batches of those steps are read again and skipped.
 *
 * @returns one report per trained epoch; none if the trainer has already taken all steps
 * @throws a {@link TrainingAborted} with the reports so far when the signal aborts; a {@link DivergenceError} when the loss, a
 *   gradient or a running statistic is not finite, or a parameter at the end of an epoch; an error when data, options or shapes do
 *   not fit, or the model is already training. No error leaves a tensor behind.
 * @example
 * loadCheckpoint(trainer, bytes); // saved at a step, with its report.sums
 * await train(trainer, { data, epochs: 8, resume: sums }); // same result as without interruption
 */
export async function train<X = tf.Tensor, Y = tf.Tensor, O = tf.Tensor>(
  trainer: Trainer<X, Y, O>,
  options: TrainOptions<X, Y, O>,
): Promise<EpochReport[]> {
  if (typeof (trainer as { step?: unknown } | null | undefined)?.step !== 'function') {
    throw new Error(`train: the trainer is ${show(trainer)}; give a trainer from createTrainer, or use fit`);
  }
  assertModel('train', trainer.model);
  assertOptions<TrainOptions>('train', options as unknown as TrainOptions, trainKinds);
  return runTraining('train', trainer, options);
}

const { inTraining } = shared;

/**
 * Trains with checked options.
 *
 * @param isWhole whether the trainer is not used afterwards, so that a training without an update is a mistake
 */
export async function runTraining<X, Y, O>(
  name: string,
  trainer: Trainer<X, Y, O>,
  options: TrainOptions<X, Y, O>,
  isWhole = false,
): Promise<EpochReport[]> {
  const { model } = trainer;
  if (inTraining.has(model)) {
    const what = inTraining.get(model) === trainer ? 'trainer' : 'model';
    throw new Error(`${name}: this ${what} is already training; await the end of that training first`);
  }
  inTraining.set(model, trainer);
  try {
    return await trainEpochs(name, trainer, options, isWhole);
  } finally {
    inTraining.delete(model);
  }
}

async function trainEpochs<X, Y, O>(
  name: string,
  trainer: Trainer<X, Y, O>,
  options: TrainOptions<X, Y, O>,
  isWhole: boolean,
): Promise<EpochReport[]> {
  const { epochs, metrics = {}, signal } = options;
  const reports: EpochReport[] = [];
  const { validationSplit: share } = options;
  if (share !== undefined && options.validation !== undefined) {
    throw new Error(`${name}: validation and validationSplit are both given; give one of them`);
  }
  const isValidated = share !== undefined || options.validation !== undefined;
  if (options.validationLoss && !isValidated) {
    throw new Error(`${name}: validationLoss is given but validation is missing; give validation data`);
  }
  assertMetrics(name, metrics);
  assertCallbacks(name, options.callbacks);
  const validated = isValidated ? ['loss', ...Object.keys(metrics)] : [];
  let source: Source<X, Y> | undefined;
  let validation: Source<X, Y> | undefined;
  let callbacks: Callbacks | undefined;
  let isOver = false;
  try {
    const { stepsPerEpoch } = options;
    const part = share === undefined ? undefined : { share, isValidation: false };
    source = await openSource(name, 'data', options.data, { epochs, stepsPerEpoch, signal, part });
    if (options.validation !== undefined) {
      validation = await openSource<X, Y>(name, 'validation', options.validation, { epochs, signal });
    } else if (share !== undefined) {
      const part = { share, isValidation: true };
      validation = await openSource<X, Y>(name, 'data', options.data, { epochs, signal, part });
    }
    const { accumulate = 1 } = trainer;
    const assertUpdate = (steps: number, what: string) => {
      if (!isWhole || steps >= accumulate) return;
      throw new Error(
        `${name}: accumulate is ${accumulate} but ${what} ${counted(steps, 'step')}, so the parameters are never updated; give at most ${steps}, or more epochs`,
      );
    };
    const perEpoch = source.stepsPerEpoch;
    if (perEpoch !== undefined) {
      const what = `${counted(epochs, 'epoch')} of ${counted(perEpoch, 'batch', 'batches')} ${epochs === 1 ? 'has' : 'have'} only`;
      assertUpdate(epochs * perEpoch, what);
    }
    const context = {
      trainer: trainer as unknown as Trainer,
      validated,
      epochs,
      stepsPerEpoch: source.stepsPerEpoch,
    };
    callbacks = await startCallbacks(name, options.callbacks ?? [], context, reports);
    const isComplete = await runEpochs(name, trainer, options, { source, validation, reports, callbacks });
    if (isComplete) assertUpdate(trainer.stepCount, 'the training had only');
    isOver = true;
    await callbacks.end(true);
    return reports;
  } catch (error) {
    if (signal?.aborted && error === signal.reason) throw new TrainingAborted(error, reports);
    throw error;
  } finally {
    // An error in the end of a callback must not hide that of the training.
    if (!isOver) await callbacks?.end(false).catch(() => {});
    await source?.close();
    await validation?.close();
  }
}

interface Loop<X, Y> {
  source: Source<X, Y>;
  validation: Source<X, Y> | undefined;
  reports: EpochReport[];
  callbacks: Callbacks;
}

/** @returns whether all epochs were trained, and no callback ended the training */
async function runEpochs<X, Y, O>(
  name: string,
  trainer: Trainer<X, Y, O>,
  options: TrainOptions<X, Y, O>,
  { source, validation, reports, callbacks }: Loop<X, Y>,
): Promise<boolean> {
  const { epochs, metrics = {}, signal, onStep, onEpoch } = options;
  const names = Object.keys(metrics);
  let goesOn = true;
  const isSum = trainer.reduction === 'sum';
  if (!source.isRepeatable && trainer.stepCount > 0) {
    throw new Error(
      `${name}: data can be iterated only once, but the trainer has taken ${counted(trainer.stepCount, 'step')}, whose batches must be skipped; give a function that returns new batches for each epoch`,
    );
  }
  const stepsPerEpoch = source.stepsPerEpoch ?? (await countSteps(trainer.stepCount, source));
  let resume = options.resume && checkSums(name, options.resume, trainer, stepsPerEpoch, metrics as Metrics);
  // If all steps of an epoch were taken, but it was not reported, it is reported now.
  const first = (trainer.stepCount - (resume?.steps ?? 0)) / (stepsPerEpoch ?? 1);
  for (let epoch = Math.floor(first); epoch < epochs && goesOn; epoch++) {
    let skip = epoch <= first ? trainer.stepCount - epoch * (stepsPerEpoch ?? 0) : 0;
    let sums: EpochSums = resume ?? {
      steps: 0,
      examples: 0,
      seconds: 0,
      loss: 0,
      metrics: emptyStates(metrics),
    };
    resume = undefined;
    let start = performance.now();
    for await (const { batch, size, release } of skip === stepsPerEpoch ? [] : source.batches(epoch)) {
      let results: tf.TensorContainer[] = [];
      try {
        signal?.throwIfAborted();
        if (skip-- > 0) continue;
        const ready = performance.now();
        const { loss, predictions } = trainer.step(batch);
        results = [loss, predictions as tf.TensorContainer];
        const { classWeights } = trainer;
        const weight = classWeights
          ? tf.tidy(() => sumClassWeights(name, batch.ys, predictions, classWeights))
          : size;
        if (typeof weight !== 'number') results.push(weight);
        const measured: Measurement = measure(name, loss, metrics, batch.ys, predictions, weight);
        results.push(measured.tensor);
        const values = await readMeasurement(measured, names);
        if (!Number.isFinite(values.loss)) {
          // On a GPU, the step has changed only the count.
          trainer.restore(trainer.stepCount - 1, trainer.state);
          const penalty = trainer.penalty && tf.tidy(trainer.penalty);
          if (penalty) results.push(penalty);
          const cause = await explainDivergenceLater({
            batch,
            predictions,
            loss: values.loss,
            by: trainer.loss,
            penalty,
            classWeights,
          });
          throw new DivergenceError({ by: name, loss: values.loss, step: trainer.stepCount + 1, cause });
        }
        const seconds = (performance.now() - start) / 1000;
        sums = {
          steps: sums.steps + 1,
          examples: sums.examples + size,
          seconds: sums.seconds + seconds,
          loss: sums.loss + values.loss * (isSum ? 1 : values.weight),
          ...(classWeights && { weight: (sums.weight ?? 0) + values.weight }),
          metrics: addBatch(metrics, sums.metrics, values, size),
        };
        const report: StepReport = {
          epoch,
          step: trainer.stepCount,
          totalSteps: epochs * (source.stepsPerEpoch ?? Number.NaN),
          loss: isSum ? meanOf(values.loss, values.weight) : values.loss,
          metrics: batchValues(metrics, values),
          values: {},
          examples: size,
          seconds,
          dataSeconds: (ready - start) / 1000,
          sums,
        };
        goesOn = await callbacks.onStep(report);
        await onStep?.(report);
      } catch (error) {
        if (!isDivergence(error)) throw error;
        throw new DivergenceError({ ...error.divergence, by: name, epoch, reports });
      } finally {
        tf.dispose(results);
        release();
      }
      await yieldToEventLoop();
      if (!goesOn) break;
      start = performance.now();
    }
    // An update can overflow in a step whose loss and gradients are finite, and without a next step nobody would notice.
    const overflowed = await findOverflow(trainer.model.trainable());
    if (overflowed !== undefined) {
      const loss = meanOf(sums.loss, sums.weight ?? sums.examples);
      throw new DivergenceError({ by: name, loss, step: trainer.stepCount, epoch, overflowed, reports });
    }
    const { steps, examples, seconds } = sums;
    const report: EpochReport = {
      epoch,
      steps,
      loss: meanOf(sums.loss, sums.weight ?? examples),
      metrics: metricValues(metrics, sums.metrics, examples),
      values: {},
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
    if (!(await callbacks.onEpoch(report))) goesOn = false;
    if ((await onEpoch?.(report)) === false) return false;
  }
  return goesOn;
}

/** A mean by its sum and the sum of its weights. Without any weight it is 0, as the losses of `@tenfold/losses` are. */
const meanOf = (sum: number, weight: number): number => (weight === 0 ? 0 : sum / weight);

/** Counts the batches of an epoch by reading one. Returns undefined at the start of training, where it is not needed. */
async function countSteps<X, Y>(stepCount: number, source: Source<X, Y>): Promise<number | undefined> {
  if (stepCount === 0) return undefined;
  let steps = 0;
  for await (const { release } of source.batches(0)) {
    release();
    steps++;
  }
  return steps;
}

/** Checks the sums to resume from: those of another step or other metrics would give a wrong report. */
function checkSums(
  name: string,
  sums: EpochSums,
  { stepCount: step, classWeights }: Pick<Trainer, 'stepCount' | 'classWeights'>,
  stepsPerEpoch: number | undefined,
  metrics: Metrics,
): EpochSums {
  const what = `${name}: resume`;
  const { steps } = sums;
  assertOptions<EpochSums>(what, sums, {
    steps: required(index),
    examples: required(index),
    seconds: required(nonNegative),
    loss: required(finite),
    weight: classWeights ? required(nonNegative) : nonNegative,
    metrics: required(object),
  });
  const perEpoch = stepsPerEpoch ?? 0;
  if (steps > perEpoch || steps > step || (step - steps) % (perEpoch || 1) !== 0) {
    throw new Error(
      `${what} has the sums after ${steps} of ${counted(perEpoch, 'step')} of an epoch, but the trainer has taken ${counted(step, 'step')}; give the sums of its last step, or none at the start of an epoch`,
    );
  }
  const { examples, seconds, loss, weight = 0 } = sums;
  const sum = `${what} has ${counted(steps, 'step')}`;
  if (examples < steps) {
    throw new Error(
      `${sum} but ${counted(examples, 'example')}, fewer than one a step; give the sums of the last step`,
    );
  }
  const [extra] = Object.entries({ examples, seconds, loss, weight }).filter(([, value]) => value !== 0);
  if (steps === 0 && extra !== undefined) {
    throw new Error(`${sum} but ${extra[0]} is ${extra[1]}; give the sums of the last step`);
  }
  const isState = (value: unknown): value is MetricState =>
    Array.isArray(value) ? value.every(isState) : Number.isFinite(value);
  const missing = Object.entries(metrics).find(([key, metric]) => {
    const state: unknown = sums.metrics[key];
    // A metric that accumulates has a state in arrays.
    return !isState(state) || Array.isArray(state) !== ('rule' in metric && Array.isArray(metric.rule.empty));
  });
  if (missing !== undefined) {
    throw new Error(
      `${what} has no sum of the metric '${missing[0]}', only of ${JSON.stringify(Object.keys(sums.metrics))}; give the metrics of the saved sums`,
    );
  }
  return sums;
}
