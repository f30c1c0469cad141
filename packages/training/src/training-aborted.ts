import type { EpochReport } from './epoch-report';

/**
 * A training that its signal has ended between two steps. What was learned stays in the model.
 *
 * Its name is 'AbortError', as that of everything that a signal ends, and `cause` is the signal's reason.
 */
export class TrainingAborted extends Error {
  override readonly name = 'AbortError';
  /** Of the epochs that were over. */
  readonly reports: EpochReport[];

  constructor(reason: unknown, reports: EpochReport[]) {
    super(reason instanceof Error ? reason.message : `the training was aborted: ${String(reason)}`, {
      cause: reason,
    });
    this.reports = reports;
  }
}
