import type { EpochReport } from './epoch-report';

/** Where and how training diverged. */
export interface Divergence {
  /** The function that detected it; starts the message. */
  by: string;
  /** The loss of the step: NaN or infinite, or finite if only a gradient or a running statistic is not. */
  loss: number;
  /** The step, counted from 1. */
  step: number;
  /** The epoch, counted from 0, if there is one. */
  epoch?: number;
  /** The parameter whose gradient is not finite, if the loss is finite. */
  parameter?: string;
  /** The running statistic that would not be finite, if loss and gradients are finite. */
  statistic?: string;
  /** The parameter that was found not to be finite at the end of the epoch, whose last step was this one. */
  overflowed?: string;
  /** What is wrong with the batch, if it is known. */
  cause?: string;
  /** Reports of the earlier epochs. */
  reports?: EpochReport[];
}

const ADVICE =
  'lower the learning rate, warm it up or clip the gradients, and check the loss for divisions by 0';
const SCALE = 'the numbers of the batch are too large for their squares, so scale them down';

/** Marks the errors of all copies of this package in a program, of which `instanceof` knows one. */
const MARK = Symbol.for('@tenfold/training.DivergenceError');

/** Whether an error is a {@link DivergenceError} of any copy of this package. */
export const isDivergence = (error: unknown): error is DivergenceError =>
  typeof error === 'object' && error !== null && MARK in error;

/**
 * The loss, a gradient or a running statistic is not finite. The step was not taken: parameters, running statistics and optimizer
 * state are the same as before. Or, at the end of an epoch, a parameter is not finite, because the updates of a step that was taken
 * overflowed float32; `divergence.overflowed` names it.
 */
export class DivergenceError extends Error {
  override readonly name = 'DivergenceError';
  /** The loss: NaN or infinite, or finite if only a gradient or a running statistic is not. */
  readonly loss: number;
  /** The step that was not taken, counted from 1; the last step of the epoch if a parameter is not finite. */
  readonly step: number;
  /** The epoch, counted from 0; undefined outside of `fit` and `train`. */
  readonly epoch: number | undefined;
  /** Reports of the earlier epochs; empty outside of `fit` and `train`. */
  readonly reports: EpochReport[];
  /** The details. */
  readonly divergence: Divergence;

  constructor(divergence: Divergence) {
    const { by, loss, step, epoch, parameter, statistic, overflowed, reports = [] } = divergence;
    const { cause = statistic === undefined ? ADVICE : SCALE } = divergence;
    const failed = parameter === undefined ? statistic : `the gradient of ${parameter}`;
    const what = failed === undefined ? `the loss is ${loss}` : `${failed} is not finite`;
    const where = `at step ${step}${epoch === undefined ? '' : ` (epoch ${epoch}, counted from 0)`}`;
    super(
      overflowed === undefined
        ? `${by}: ${what} ${where}: ${cause}; the step was not taken`
        : `${by}: the parameter ${overflowed} is not finite ${where.replace('at', 'after')}: its updates overflowed float32; lower the learning rate, and start with a new model or from a checkpoint`,
    );
    this.loss = loss;
    this.step = step;
    this.epoch = epoch;
    this.reports = reports;
    this.divergence = divergence;
    Object.defineProperty(this, MARK, { value: true });
  }
}
