import { assertOptions, func, type Kinds, oneOf, required } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { Batch, Data } from './batch';
import type { Loss, TrainedModel } from './create-trainer';
import type { Evaluation } from './epoch-report';
import { explainLabels } from './explain-divergence';
import { assertModel, lossKind, metricsKind, signalKind } from './kinds';
import { measure } from './measure';
import type { Metric } from './metric';
import { openSource, type Source } from './sources/open-source';
import { yieldToEventLoop } from './yield-to-event-loop';

export interface EvaluateOptions<X = tf.Tensor, Y = tf.Tensor, O = tf.Tensor> {
  /** A function from labels and predictions to a scalar, such as one of `@tenfold/losses`. */
  loss: Loss<Y, O>;
  /** Metrics by name, such as `{ accuracy }`. */
  metrics?: { [name: string]: Metric<Y, O> };
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
  const sums = new Array<number>(names.length + 1).fill(0);
  let examples = 0;
  for await (const { batch, size, release } of source.batches(0)) {
    let predictions: O | undefined;
    let measured: tf.Tensor | undefined;
    try {
      signal?.throwIfAborted();
      predictions = model.predict(batch.xs);
      measured = measure(name, loss, metrics, batch.ys, predictions);
      const values = await measured.data();
      if (Number.isNaN(values[0])) {
        const cause = await explainLabels(batch.ys, predictions);
        if (cause !== undefined) throw new Error(`${name}: the loss is NaN: ${cause}`);
      }
      for (const [i, value] of values.entries())
        sums[i]! += i === 0 && reduction === 'sum' ? value : value * size;
      examples += size;
      await onBatch?.(batch, predictions, examples);
    } finally {
      tf.dispose([predictions as tf.TensorContainer, measured]);
      release();
    }
    await yieldToEventLoop();
  }
  const [total, ...rest] = sums.map((sum) => sum / examples);
  return { loss: total!, examples, metrics: Object.fromEntries(names.map((key, i) => [key, rest[i]!])) };
}
