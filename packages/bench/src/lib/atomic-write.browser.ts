import { writeWhole } from './opfs';

export type WriteFile = (path: string, data: string | Uint8Array) => Promise<void>;

/**
 * Writes a file of the browser's private file system in place: no browser has a rename that others have too. What must
 * survive a crash in the middle is written with its digest beside a copy of what was before, and is checked when read.
 */
export const writeAtomically: WriteFile = (path, data) =>
  writeWhole(path, typeof data === 'string' ? new TextEncoder().encode(data) : data);

const refusals = [
  'QuotaExceededError',
  'NoModificationAllowedError',
  'InvalidStateError',
  'NotReadableError',
];

/** Whether the browser refused, and not a mistake in the program. */
export const isSystemError = (error: unknown): error is DOMException =>
  error instanceof DOMException && refusals.includes(error.name);

/** Why the browser refused, in words. */
export const systemReason = ({ name, message }: DOMException): string =>
  name === 'QuotaExceededError' ? 'the browser gives this page no more storage' : message;
