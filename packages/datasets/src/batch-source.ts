import type * as tf from '@tensorflow/tfjs-core';

/** The examples or labels of a batch: one tensor or several by name, each with the batch as its first axis. */
export type BatchTensors = tf.Tensor | { readonly [name: string]: tf.Tensor };

/** A batch of examples and labels. The consumer disposes its tensors. */
export interface Batch<X extends BatchTensors = tf.Tensor, Y extends BatchTensors = tf.Tensor> {
  /** The examples, batch first: [batch, height, width, channels] for images, [batch, features] for vectors. */
  readonly xs: X;
  /** The class index of each example, int32 [batch]; after `mixBatches`, class probabilities, float32 [batch, classes]. */
  readonly ys: Y;
}

/** A source of batches. It returns the same batches every time that an epoch is requested. */
export interface BatchSource<X extends BatchTensors = tf.Tensor, Y extends BatchTensors = tf.Tensor> {
  /** Number of examples per batch; the last batch of an epoch may have fewer. */
  readonly batchSize: number;
  /** Number of batches per epoch. */
  readonly stepsPerEpoch: number;
  /** Number of examples per epoch. */
  readonly size: number;
  /** Returns the batches of an epoch, counted from 0. They are created on demand. */
  batches(epoch: number): Iterable<Batch<X, Y>>;
}
