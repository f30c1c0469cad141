import type { MetricState } from './metric';

/** The results of one training step. */
export interface StepReport {
  /** The epoch, counted from 0. */
  epoch: number;
  /** The number of steps so far, in all epochs. */
  step: number;
  /** The total number of steps; NaN if the data does not say how many batches it has. */
  totalSteps: number;
  /** The loss of this batch before its update, including the penalty: the mean over its examples, by their `classWeights` if given. */
  loss: number;
  /** The metrics of this batch, by name. */
  metrics: { [name: string]: number };
  /** Other values that callbacks add, such as the learning rate. */
  values: { [name: string]: number };
  /** The number of examples in this batch. */
  examples: number;
  /** Wall-clock time of the step, including the wait for the batch. */
  seconds: number;
  /** The part of it spent waiting for the batch. */
  dataSeconds: number;
  /** The sums of the epoch so far. Save them with a checkpoint to `resume` the epoch. */
  sums: EpochSums;
}

/** The sums of an epoch so far, in numbers that JSON represents exactly. */
export interface EpochSums {
  /** The number of steps. */
  steps: number;
  /** The number of examples. */
  examples: number;
  /** Wall-clock time of the training steps. */
  seconds: number;
  /** The sum of the losses of the examples, by their weights. */
  loss: number;
  /** The sum of the weights of the examples; only with `classWeights`. */
  weight?: number;
  /** The states of the metrics by name; of a function, the sum over the examples. */
  metrics: { [name: string]: MetricState };
}
