import type { EpochReport } from './epoch-report';

/**
 * Training was aborted by its signal, between two steps or while it waited for data. The model keeps what it has learned.
 *
 * Its name is 'AbortError', as usual for aborted operations, and its `cause` is the signal's reason.
 */
export class TrainingAborted extends Error {
  override readonly name = 'AbortError';
  /** Reports of the completed epochs. */
  readonly reports: EpochReport[];

  constructor(reason: unknown, reports: EpochReport[]) {
    super(reason instanceof Error ? reason.message : `the training was aborted: ${String(reason)}`, {
      cause: reason,
    });
    this.reports = reports;
  }
}
