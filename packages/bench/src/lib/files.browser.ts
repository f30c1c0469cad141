import * as files from '@tenfold/files/browser';

export type WriteFile = (path: string, content: string | Uint8Array) => Promise<void>;

// The functions of './files' on the browser's private file system.

const ROOT = 'tenfold';
const below = (path: string): string => `${ROOT}/${path}`;

/** Opens a file to write in place; see `openForWriting` of @tenfold/files. */
export const openForWriting = (path: string) => files.openForWriting(below(path));

export const join = (...parts: string[]): string => parts.filter(Boolean).join('/');

export async function mkdir(path: string, _options?: { recursive: true }): Promise<void> {
  await files.folderHandle(below(path), true);
}

export async function readdir(path: string): Promise<string[]> {
  const names: string[] = [];
  for await (const name of (await files.folderHandle(below(path))).keys()) names.push(name);
  return names.sort();
}

export function readFile(path: string): Promise<Uint8Array<ArrayBuffer>>;
export function readFile(path: string, encoding: 'utf8'): Promise<string>;
export async function readFile(path: string, encoding?: 'utf8'): Promise<Uint8Array | string> {
  const file = await (await files.fileHandle(below(path))).getFile();
  return encoding === 'utf8' ? file.text() : new Uint8Array(await file.arrayBuffer());
}

export async function rm(
  path: string,
  { force = false, recursive = false }: { force?: boolean; recursive?: boolean } = {},
): Promise<void> {
  const { folder, name } = files.split(below(path));
  try {
    await (await files.folderHandle(folder)).removeEntry(name, { recursive });
  } catch (error) {
    if (!force || (error as Error).name !== 'NotFoundError') throw error;
  }
}

/**
 * Writes a file of the browser's private file system in place: not all browsers can rename one. What must survive a crash in
 * the middle is written with its digest and next to a copy of what was before, and is checked when it is read.
 */
export const writeAtomically: WriteFile = (path, content) =>
  files.writeWhole(below(path), typeof content === 'string' ? new TextEncoder().encode(content) : content);

/** Whether an error says that there is no such file. */
export const isMissing = (error: unknown): boolean =>
  (error as DOMException | null)?.name === 'NotFoundError';

const refusals = [
  'QuotaExceededError',
  'NoModificationAllowedError',
  'InvalidStateError',
  'NotReadableError',
];

/** Whether the browser refused. False for a mistake in the program. */
export const isSystemError = (error: unknown): error is DOMException =>
  error instanceof DOMException && refusals.includes(error.name);

/** Why the browser refused, in words. */
export const systemReason = ({ name, message }: DOMException): string =>
  name === 'QuotaExceededError' ? 'the browser gives this page no more storage' : message;
