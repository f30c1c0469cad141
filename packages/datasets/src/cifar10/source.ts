import type { BatchName, Format } from './format';
import type { Reporter } from './progress';

/** A place that CIFAR-10 can be fetched from. */
export interface Source {
  /** As the user wrote it. */
  readonly name: string;
  /** How often to try before the next source is taken. */
  readonly attempts: number;
  /** Hands every part that is still needed to `context.accept`. */
  fetch(context: SourceContext): Promise<void>;
}

export interface SourceContext {
  readonly format: Format;
  /** The parts that are still missing; shrinks as they are accepted. */
  readonly missing: ReadonlySet<BatchName>;
  /** Verifies, keeps and unpacks the records of one part; rejects when they are not the published ones. */
  accept(batch: BatchName, records: Uint8Array<ArrayBuffer>): Promise<void>;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
  readonly stallTimeout: number;
}

/** A failure that trying the same source again would not change, such as HTTP 404. */
export class FinalError extends Error {}

/** An error in one line, with what caused it: fetch hides "connect ECONNREFUSED" behind "fetch failed". */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const text = error.message || (error as NodeJS.ErrnoException).code || error.name;
  return error.cause === undefined ? text : `${text}: ${reasonOf(error.cause)}`;
}
