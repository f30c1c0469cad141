import type * as tf from '@tensorflow/tfjs-core';

/** Inputs and labels of one step. Whoever pulls a batch disposes it. */
export interface Batch {
  xs: tf.Tensor;
  ys: tf.Tensor;
}

/** Where batches come from; `@tenfold/datasets` makes them, and so can you. */
export interface BatchSource {
  /** Examples of an epoch. */
  readonly size: number;
  readonly stepsPerEpoch: number;
  /** The batches of one epoch, from 0. The same epoch gives the same batches, so that a run can be resumed. */
  batches(epoch: number): Iterable<Batch> | AsyncIterable<Batch>;
}
