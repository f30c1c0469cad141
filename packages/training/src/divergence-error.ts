import type { EpochReport } from './epoch-report';

/** Where and how training diverged. */
export interface Divergence {
  /** The function that detected it; starts the message. */
  by: string;
  /** The loss of the step: NaN or infinite, or finite if only a gradient is not. */
  loss: number;
  /** The step, counted from 1. */
  step: number;
  /** The epoch, counted from 0, if there is one. */
  epoch?: number;
  /** The parameter whose gradient is not finite, if the loss is finite. */
  parameter?: string;
  /** What is wrong with the batch, if it is known. */
  cause?: string;
  /** Reports of the earlier epochs. */
  reports?: EpochReport[];
}

const ADVICE =
  'lower the learning rate, warm it up or clip the gradients, and check the loss for divisions by 0';

/**
 * The loss or a gradient is not finite. The step was not taken: parameters, running statistics and optimizer state are the same as
 * before.
 */
export class DivergenceError extends Error {
  override readonly name = 'DivergenceError';
  /** The loss: NaN or infinite, or finite if only a gradient is not. */
  readonly loss: number;
  /** The step that was not taken, counted from 1. */
  readonly step: number;
  /** The epoch, counted from 0; undefined outside of `fit` and `train`. */
  readonly epoch: number | undefined;
  /** Reports of the earlier epochs; empty outside of `fit` and `train`. */
  readonly reports: EpochReport[];
  /** The details. */
  readonly divergence: Divergence;

  constructor(divergence: Divergence) {
    const { by, loss, step, epoch, parameter, cause = ADVICE, reports = [] } = divergence;
    const what =
      parameter === undefined ? `the loss is ${loss}` : `the gradient of ${parameter} is not finite`;
    const where = `at step ${step}${epoch === undefined ? '' : ` (epoch ${epoch + 1})`}`;
    super(`${by}: ${what} ${where}: ${cause}; the step was not taken`);
    this.loss = loss;
    this.step = step;
    this.epoch = epoch;
    this.reports = reports;
    this.divergence = divergence;
  }
}
