import type * as tf from '@tensorflow/tfjs-core';

/** A tensor or several: the inputs or labels of a batch, or the input or output of a model. */
export type Tensors = tf.Tensor | readonly tf.Tensor[] | { readonly [name: string]: tf.Tensor };

/** Inputs and labels of one step, each a tensor or several, whose first axis is the examples. Other keys are refused. */
export interface Batch<X = tf.Tensor, Y = tf.Tensor> {
  /** The inputs of the model. */
  xs: X;
  /** The labels for the loss. */
  ys: Y;
}

/** The batches of one epoch, synchronous or asynchronous. */
export type Batches<X = tf.Tensor, Y = tf.Tensor> = Iterable<Batch<X, Y>> | AsyncIterable<Batch<X, Y>>;

/** A source of batches, from `@tenfold/datasets` or your own. */
export interface BatchSource<X = tf.Tensor, Y = tf.Tensor> {
  /** Number of examples per epoch. */
  readonly size?: number;
  /** Number of batches per epoch; by default they are counted. */
  readonly stepsPerEpoch?: number;
  /** Returns the batches of an epoch, counted from 0. The same epoch must give the same batches, so that a run can resume. */
  batches(epoch: number): Batches<X, Y>;
}

/**
 * The part of a `@tensorflow/tfjs-data` dataset that is used here. Its elements are batches, which is checked when they arrive:
 * tfjs gives most datasets the type `Dataset<TensorContainer>`.
 */
export interface TfDataset {
  /** Starts an epoch. */
  iterator(): Promise<{ next(): Promise<IteratorResult<unknown, unknown>> }>;
  /** Identifies a dataset of tfjs; it is not called. */
  forEachAsync(f: (batch: unknown) => void): Promise<void>;
}

/** The values of all examples: nested arrays, one typed array, an array of typed arrays (one per example), or a tensor. */
export type Column = tf.Tensor | tf.TensorLike | ArrayBufferView | readonly ArrayBufferView[];

/** All examples and labels. */
export interface ArrayData {
  /** Inputs, examples first: one column, or several by name. */
  xs: Column | { readonly [name: string]: Column };
  /** Labels, examples first: one column, or several by name. */
  ys: Column | { readonly [name: string]: Column };
  /** Number of examples per batch, 32 by default; the last batch of an epoch may have fewer. */
  batchSize?: number;
  /** Whether to shuffle the examples in every epoch; true by default. */
  shuffle?: boolean;
  /** Seed of the shuffling; 0 by default. */
  seed?: number;
  /** Shape of one example, such as [28, 28, 1], if `xs` is a flat array, whose every number is an example without it, or has flat examples. */
  xShape?: readonly number[];
  /** Shape of one label, if `ys` is a flat array, whose every number is a label without it, or has flat labels. */
  yShape?: readonly number[];
}

/**
 * Data for `fit`, `train` and `evaluate`: a source of batches; `{ xs, ys }` with all examples; batches in an array, an iterable
 * or an async iterable; a function that returns batches for an epoch, such as a generator function; or a tf.data dataset.
 *
 * Batches in an array or a Set are kept. All other batches are disposed after their step.
 */
export type Data<X = tf.Tensor, Y = tf.Tensor> =
  | BatchSource<X, Y>
  | ArrayData
  | Batches<X, Y>
  | ((epoch: number) => Batches<X, Y> | Promise<Batches<X, Y>>)
  | TfDataset;
