// What a run needs of files. A page uses the namesake for browsers instead.
export { mkdir, readdir, readFile, rm } from 'node:fs/promises';
export { join } from 'node:path';
export { isSystemError, systemReason, writeAtomically } from '@tenfold/files/node';

/** Writes a file completely or not at all; tests bring one that fails. */
export type WriteFile = (path: string, content: string | Uint8Array) => Promise<void>;
