import type { EpochReport } from './epoch-report';

/** Where and how a training diverged. */
export interface Divergence {
  /** The function that found it, the start of the message. */
  by: string;
  /** The loss of the step: NaN or infinite, or a number where a gradient is not. */
  loss: number;
  /** The step, from 1. */
  step: number;
  /** The epoch, from 0, where `train` counts them. */
  epoch?: number;
  /** The parameter whose gradient is not finite, where the loss is. */
  parameter?: string;
  /** What is wrong with the batch, where that was found. */
  cause?: string;
  /** Reports of the epochs before. */
  reports?: EpochReport[];
}

const ADVICE =
  'lower the learning rate, warm it up, or clip the gradients, and look for divisions by 0 in the loss';

/**
 * The loss or a gradient is no longer finite. The step was not taken: parameters, running statistics and optimizer are
 * as they were before it.
 */
export class DivergenceError extends Error {
  override readonly name = 'DivergenceError';
  /** NaN or infinite; a finite number where a gradient alone is not. */
  readonly loss: number;
  /** The step that was not taken, from 1. */
  readonly step: number;
  /** From 0; undefined outside of `train`. */
  readonly epoch: number | undefined;
  /** Of the epochs before; empty outside of `train`. */
  readonly reports: EpochReport[];
  /** What it was made from. */
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
