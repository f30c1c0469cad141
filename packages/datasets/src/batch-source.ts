import type * as tf from '@tensorflow/tfjs-core';

/** What a batch has of its examples or of their labels: a tensor, or several by name, each with the batch first. */
export type BatchTensors = tf.Tensor | { readonly [name: string]: tf.Tensor };

/** Some examples and their labels; who pulls a batch disposes its tensors. */
export interface Batch<X extends BatchTensors = tf.Tensor, Y extends BatchTensors = tf.Tensor> {
  /** The examples, batch first: [batch, height, width, channels] for images, [batch, features] for vectors. */
  readonly xs: X;
  /** The class index of each example, int32 [batch]; after `mixBatches` the probabilities of all, float32 [batch, classes]. */
  readonly ys: Y;
}

/** Examples in batches, the same ones for the same epoch however often it is asked for. */
export interface BatchSource<X extends BatchTensors = tf.Tensor, Y extends BatchTensors = tf.Tensor> {
  /** Examples in a batch; the last batch of an epoch may have fewer. */
  readonly batchSize: number;
  /** Batches in an epoch. */
  readonly stepsPerEpoch: number;
  /** Examples that an epoch visits. */
  readonly size: number;
  /** The batches of one epoch, counted from 0, made one at a time as they are pulled. */
  batches(epoch: number): Iterable<Batch<X, Y>>;
}
