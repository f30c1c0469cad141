/** Results over the examples of a dataset. */
export interface Evaluation {
  /** The loss, without a penalty. */
  loss: number;
  /** The number of examples. */
  examples: number;
  /** The metrics by name. */
  metrics: { [name: string]: number };
}

/** The results of one epoch. */
export interface EpochReport {
  /** The epoch, counted from 0. */
  epoch: number;
  /** The number of steps. */
  steps: number;
  /**
   * The mean loss over the examples, by their `classWeights` if given, each measured before its update, including the penalty; 0 if
   * none has a weight.
   */
  loss: number;
  /** The metrics over the examples, by name. */
  metrics: { [name: string]: number };
  /** Other values that callbacks add, such as the learning rate. */
  values: { [name: string]: number };
  /** The evaluation on the validation data after the epoch; its loss has no penalty. */
  validation?: Evaluation;
  /** Wall-clock time of the training steps. */
  seconds: number;
}
