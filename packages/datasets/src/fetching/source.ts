import type { DatasetDeclaration } from './declaration';
import type { Reporter } from './progress';

/** A place that a dataset can be fetched from. */
export interface Source {
  /** As the user wrote it. */
  readonly name: string;
  /** How often to try before the next source is taken. */
  readonly attempts: number;
  /** Hands every part that is still needed to `context.accept`. */
  fetch(context: SourceContext): Promise<void>;
}

/** What a source needs to know and to use. */
export interface SourceContext {
  readonly dataset: DatasetDeclaration<unknown>;
  /** The files of the parts that are still missing; shrinks as they are accepted. */
  readonly missing: ReadonlySet<string>;
  /** Verifies and keeps the content of one part; rejects when it is not the published one. */
  accept(file: string, content: Uint8Array<ArrayBuffer>): Promise<void>;
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
