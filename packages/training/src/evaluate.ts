import type { Model } from '@tenfold/layers';
import * as tf from '@tensorflow/tfjs-core';
import type { Batch, BatchSource } from './batches';
import type { Loss } from './create-trainer';
import type { Metric } from './metrics';
import { yieldToEventLoop } from './yield';

export interface EvaluateOptions {
  loss: Loss;
  metrics?: { [name: string]: Metric };
  signal?: AbortSignal;
  /** Told of every batch with its predictions, which it must not dispose. */
  onBatch?: (batch: Batch, predictions: tf.Tensor, done: number) => void | Promise<void>;
}

/** Means over the examples of a data set. */
export interface Evaluation {
  loss: number;
  examples: number;
  metrics: { [name: string]: number };
}

/**
 * The loss and the metrics of a model over all examples, weighted by the sizes of the batches.
 *
 * @throws the signal's reason when it aborts
 * @example
 * const { loss, metrics } = await evaluate(model, test, { loss: sparseSoftmaxCrossEntropy, metrics: { accuracy } });
 */
export async function evaluate(
  model: Model,
  data: BatchSource,
  { loss, metrics = {}, signal, onBatch }: EvaluateOptions,
): Promise<Evaluation> {
  const names = Object.keys(metrics);
  const sums = new Array<number>(names.length + 1).fill(0);
  let examples = 0;
  for await (const batch of data.batches(0)) {
    try {
      signal?.throwIfAborted();
      const size = batch.xs.shape[0]!;
      const predictions = model.predict(batch.xs);
      const figures = tf.tidy(() =>
        tf.stack([
          loss(batch.ys, predictions),
          ...names.map((name) => metrics[name]!(batch.ys, predictions)),
        ]),
      );
      const values = await figures.data();
      for (const [i, value] of values.entries()) sums[i]! += value * size;
      examples += size;
      await onBatch?.(batch, predictions, examples);
      tf.dispose([figures, predictions]);
    } finally {
      tf.dispose([batch.xs, batch.ys]);
    }
    await yieldToEventLoop();
  }
  if (examples === 0)
    throw new Error('evaluate: the data has no example; give a source with at least one batch');
  const [total, ...rest] = sums.map((sum) => sum / examples);
  return { loss: total!, examples, metrics: Object.fromEntries(names.map((name, i) => [name, rest[i]!])) };
}
