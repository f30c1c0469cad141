import type * as tf from '@tensorflow/tfjs-core';

/** A function whose value is a mean over the examples of a batch, or NaN if labels or predictions are invalid. */
export type MetricFunction<Y = tf.Tensor, O = tf.Tensor> = (labels: Y, predictions: O) => tf.Tensor;

/** The state of a metric in an epoch: numbers in arrays, which JSON represents exactly. */
export type MetricState = number | readonly MetricState[];

/** A metric that accumulates over batches, such as those of `@tenfold/metrics`. */
export interface AccumulatingMetric<Y = tf.Tensor, O = tf.Tensor> {
  /** How the metric is computed. */
  readonly rule: {
    /** The state without examples. */
    readonly empty: MetricState;
    /** Measures a batch: one tensor of rank 1, which is read and passed to `add`. It runs within `tf.tidy`. */
    measure(labels: Y, predictions: O): tf.Tensor;
    /** Returns the state with a batch added, from the values of its tensor. */
    add(state: MetricState, values: ArrayLike<number>): MetricState;
    /** The value over all examples of a state. */
    result(state: MetricState): number | number[] | number[][];
  };
}

/** A metric: one of `@tenfold/metrics`, or a function of labels and predictions whose mean over the batches is reported. */
export type Metric<Y = tf.Tensor, O = tf.Tensor> = MetricFunction<Y, O> | AccumulatingMetric<Y, O>;

/** Metrics by the names that they have in reports. */
export interface Metrics<Y = tf.Tensor, O = tf.Tensor> {
  [name: string]: Metric<Y, O>;
}
