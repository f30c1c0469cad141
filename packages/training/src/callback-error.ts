import type { EpochReport } from './epoch-report';

/** Where a callback failed. */
export interface CallbackFailure {
  /** The function that trains; starts the message. */
  by: string;
  /** The name of the callback. */
  callback: string;
  /** When it failed, such as 'after step 3'. */
  where: string;
  /** What it threw. */
  cause: unknown;
  /** Reports of the completed epochs. */
  reports: EpochReport[];
}

/** A callback failed, and training ended with it. The model keeps what it has learned. Its `cause` is what the callback threw. */
export class CallbackError extends Error {
  override readonly name = 'CallbackError';
  /** The name of the callback. */
  readonly callback: string;
  /** Reports of the completed epochs. */
  readonly reports: EpochReport[];

  constructor({ by, callback, where, cause, reports }: CallbackFailure) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    // The package's callbacks start their errors with their names.
    const isNamed = reason.startsWith(`${callback}: `) || reason.startsWith(`${by}: callbacks[`);
    const what = callback === '' ? 'a callback' : `the callback ${callback}`;
    super(isNamed ? reason : `${by}: ${what} failed ${where}: ${reason}`, { cause });
    this.callback = callback;
    this.reports = reports;
  }
}
