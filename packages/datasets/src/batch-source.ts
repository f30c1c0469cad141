import type * as tf from '@tensorflow/tfjs-core';

/** Some examples and their labels; whoever pulls a batch disposes both tensors. */
export interface Batch {
  /** The examples, batch first: [batch, height, width, channels] for images, [batch, features] for vectors. */
  readonly xs: tf.Tensor;
  /** The class index of each example, int32 [batch]; after `mixBatches` the probabilities of all, float32 [batch, classes]. */
  readonly ys: tf.Tensor;
}

/** Examples in batches, the same ones for the same epoch however often it is asked for. */
export interface BatchSource {
  /** Examples in a batch; the last batch of an epoch may have fewer. */
  readonly batchSize: number;
  /** Batches in an epoch. */
  readonly stepsPerEpoch: number;
  /** Examples that an epoch visits. */
  readonly size: number;
  /** The batches of one epoch, counted from 0, made one at a time as they are pulled. */
  batches(epoch: number): Iterable<Batch>;
}
