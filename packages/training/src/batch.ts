import type * as tf from '@tensorflow/tfjs-core';

/** A tensor, or several of them: what a batch holds, a model takes and gives. */
export type Tensors = tf.Tensor | readonly tf.Tensor[] | { readonly [name: string]: tf.Tensor };

/** Inputs and labels of one step, each a tensor or several, all with the examples on their first axis. */
export interface Batch<X = tf.Tensor, Y = tf.Tensor> {
  /** What the model is applied to. */
  xs: X;
  /** What the loss compares the predictions with. */
  ys: Y;
}

/** Batches of one epoch, at once or one after another as they arrive. */
export type Batches<X = tf.Tensor, Y = tf.Tensor> = Iterable<Batch<X, Y>> | AsyncIterable<Batch<X, Y>>;

/** Where batches come from; `@tenfold/datasets` makes them, and so can you. */
export interface BatchSource<X = tf.Tensor, Y = tf.Tensor> {
  /** Examples in an epoch. */
  readonly size?: number;
  /** Batches in an epoch; counted where it is not given. */
  readonly stepsPerEpoch?: number;
  /** The batches of one epoch, from 0. The same epoch gives the same batches, so that a run can be resumed. */
  batches(epoch: number): Batches<X, Y>;
}

/** A dataset of `@tensorflow/tfjs-data`, by what is used of it; its elements are batches. */
export interface TfDataset<X = tf.Tensor, Y = tf.Tensor> {
  /** Begins an epoch. */
  iterator(): Promise<{ next(): Promise<IteratorResult<Batch<X, Y>, unknown>> }>;
  /** Marks a dataset of tfjs; not called. */
  forEachAsync(f: (batch: Batch<X, Y>) => void): Promise<void>;
}

/** Numbers of all examples: nested arrays, typed arrays (one of them, or one an example), or a tensor. */
export type Column = tf.Tensor | tf.TensorLike | ArrayBufferView | readonly ArrayBufferView[];

/** All examples and labels at once. */
export interface ArrayData {
  /** Inputs, examples first: one column, or several by name. */
  xs: Column | { readonly [name: string]: Column };
  /** Labels, examples first: one column, or several by name. */
  ys: Column | { readonly [name: string]: Column };
  /** Examples in a batch, 32 by default; the last batch of an epoch may have fewer. */
  batchSize?: number;
  /** Whether every epoch has a new random order; true by default. */
  shuffle?: boolean;
  /** Seed of the order; 0 by default. */
  seed?: number;
  /** Shape of one example, where `xs` is one flat typed array: [28, 28, 1]; without it every number is an example. */
  xShape?: readonly number[];
  /** Shape of one label, where `ys` is one flat typed array; without it every number is a label. */
  yShape?: readonly number[];
}

/**
 * What `fit`, `train` and `evaluate` take as data: a source of batches; `{ xs, ys }` with all examples; batches in an
 * array, an iterable or an async iterable; a function that returns these for an epoch, such as a generator function; a
 * dataset of tf.data.
 *
 * Batches of an array (or a set) stay; all other batches, and theirs are most, were made on demand and are disposed
 * when their step is over.
 */
export type Data<X = tf.Tensor, Y = tf.Tensor> =
  | BatchSource<X, Y>
  | ArrayData
  | Batches<X, Y>
  | ((epoch: number) => Batches<X, Y> | Promise<Batches<X, Y>>)
  | TfDataset<X, Y>;
