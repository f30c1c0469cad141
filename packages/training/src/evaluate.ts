import { assertOptions, func, type Kinds, oneOf, required } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { Batch, Data } from './batch';
import type { Loss, TrainedModel } from './create-trainer';
import type { Evaluation } from './epoch-report';
import { explainLabels } from './explain-divergence';
import { assertMetrics, assertModel, lossKind, metricsKind, signalKind } from './kinds';
import { addBatch, emptyStates, type Measurement, measure, metricValues, readMeasurement } from './measure';
import type { Metrics } from './metric';
import { openSource, type Source } from './sources/open-source';
import { yieldToEventLoop } from './yield-to-event-loop';

export interface EvaluateOptions<X = tf.Tensor, Y = tf.Tensor, O = tf.Tensor> {
  /** A function from labels and predictions to a scalar, such as one of `@tenfold/losses`. */
  loss: Loss<Y, O>;
  /** Metrics by name, such as `{ accuracy }`. */
  metrics?: Metrics<Y, O>;
  /** Whether the loss is the mean or the sum over the examples of a batch, 'mean' by default. */
  reduction?: 'mean' | 'sum';
  /** Aborts the evaluation between two batches, or while it waits for one. */
  signal?: AbortSignal;
  /** Called with each batch, its predictions (do not dispose them) and the number of examples so far. */
  onBatch?: (batch: Batch<X, Y>, predictions: O, done: number) => void | Promise<void>;
}

const evaluateKinds: Kinds<EvaluateOptions> = {
  loss: required(lossKind),
  metrics: metricsKind,
  reduction: oneOf('mean', 'sum'),
  signal: signalKind,
  onBatch: func,
};

/**
 * Computes the mean loss and metrics of a model over all examples.
 *
 * A batch counts by its number of examples. A loss that weights examples itself, or leaves some out, therefore depends on the size of
 * the batches; a metric that selects the weights does not.
 *
 * @param data a source of batches, `{ xs, ys }` with all examples, or another form of {@link Data}
 * @throws the signal's reason when it aborts; an error when a loss or metric is not a scalar, a label is not a class, or the data
 *   has no batches. No error leaves a tensor behind.
 * @example
 * const { loss, metrics } = await evaluate(model, test, { loss: sparseSoftmaxCrossEntropy, metrics: { accuracy } });
 */
export async function evaluate<X = tf.Tensor, Y = tf.Tensor, O = tf.Tensor>(
  model: TrainedModel<X, O>,
  data: Data<X, Y>,
  options: EvaluateOptions<X, Y, O>,
): Promise<Evaluation> {
  assertModel('evaluate', model);
  assertOptions<EvaluateOptions>('evaluate', options as unknown as EvaluateOptions, evaluateKinds);
  assertMetrics('evaluate', options.metrics);
  const { signal } = options;
  const source = await openSource<X, Y>('evaluate', 'data', data, { epochs: 1, signal });
  try {
    return await evaluateSource('evaluate', model, source, options);
  } finally {
    await source.close();
  }
}

/** Evaluates on an open source. */
export async function evaluateSource<X, Y, O>(
  name: string,
  model: TrainedModel<X, O>,
  source: Source<X, Y>,
  { loss, metrics = {}, reduction = 'mean', signal, onBatch }: EvaluateOptions<X, Y, O>,
): Promise<Evaluation> {
  const names = Object.keys(metrics);
  let states = emptyStates(metrics);
  let total = 0;
  let examples = 0;
  for await (const { batch, size, release } of source.batches(0)) {
    let predictions: O | undefined;
    let measured: Measurement | undefined;
    try {
      signal?.throwIfAborted();
      predictions = model.predict(batch.xs);
      measured = measure(name, loss, metrics, batch.ys, predictions, size);
      const values = await readMeasurement(measured, names);
      if (Number.isNaN(values.loss)) {
        const cause = await explainLabels(batch.ys, predictions, loss);
        if (cause !== undefined) throw new Error(`${name}: the loss is NaN: ${cause}`);
      }
      total += values.loss * (reduction === 'sum' ? 1 : size);
      states = addBatch(metrics, states, values, size);
      examples += size;
      await onBatch?.(batch, predictions, examples);
    } finally {
      tf.dispose([predictions as tf.TensorContainer, measured?.tensor]);
      release();
    }
    await yieldToEventLoop();
  }
  return { loss: total / examples, examples, metrics: metricValues(metrics, states, examples) };
}
