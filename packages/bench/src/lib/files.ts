// The file functions of a run. The page's build uses files.browser.ts instead.
export { mkdir, readdir, readFile, rm } from 'node:fs/promises';
export { join } from 'node:path';
export { isSystemError, systemReason, writeAtomically } from '@tenfold/files/node';

/** Whether an error says that there is no such file. */
export const isMissing = (error: unknown): boolean =>
  (error as NodeJS.ErrnoException | null)?.code === 'ENOENT';

/** Writes a file atomically; tests pass a function that fails. */
export type WriteFile = (path: string, content: string | Uint8Array) => Promise<void>;
