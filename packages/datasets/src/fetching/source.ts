import type { DatasetDeclaration } from './declaration';
import type { Reporter } from './progress';

/** A source of a dataset. */
export interface Source {
  /** The name, as the user wrote it. */
  readonly name: string;
  /** The number of attempts before the next source is tried. */
  readonly attempts: number;
  /** Passes each missing part to `context.accept`. */
  fetch(context: SourceContext): Promise<void>;
}

/** The context of a source. */
export interface SourceContext {
  readonly dataset: DatasetDeclaration<unknown>;
  /** The files of the missing parts; shrinks as they are accepted. */
  readonly missing: ReadonlySet<string>;
  /** Verifies and stores the content of a part; rejects if it differs from the published one. */
  accept(file: string, content: Uint8Array<ArrayBuffer>): Promise<void>;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
  readonly stallTimeout: number;
}

/** A permanent failure of a source, such as HTTP 404: another attempt would not help. */
export class FinalError extends Error {}

/** Formats an error and its cause in one line: fetch hides "connect ECONNREFUSED" behind "fetch failed". */
export function formatReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const text = error.message || (error as NodeJS.ErrnoException).code || error.name;
  return error.cause === undefined ? text : `${text}: ${formatReason(error.cause)}`;
}
