/** Means over the examples of a data set. */
export interface Evaluation {
  /** Without a regularizer's penalty. */
  loss: number;
  /** How many examples there were. */
  examples: number;
  /** By name. */
  metrics: { [name: string]: number };
}

/** What happened in one epoch. */
export interface EpochReport {
  /** From 0. */
  epoch: number;
  /** Steps of the epoch. */
  steps: number;
  /** Mean over the examples of the epoch, each before its update, with the regularizer's penalty. */
  loss: number;
  /** Means over the examples of the epoch, by name. */
  metrics: { [name: string]: number };
  /** Of the validation data after the epoch; its loss is without the penalty. */
  validation?: Evaluation;
  /** Wall-clock time of the training steps of this epoch. */
  seconds: number;
}
