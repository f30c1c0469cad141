import { open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Writes a file completely or not at all; tests bring one that fails. */
export type WriteFile = (path: string, data: string | Uint8Array) => Promise<void>;

const ENDING = '.tmp';

/**
 * Writes a file so that a crash at any moment, of the machine too, leaves the old content or the new one. So does a disk
 * that fills up: the system then takes a part of the data without an error, which counts as none here.
 */
export const writeAtomically: WriteFile = async (path, data) => {
  const draft = join(dirname(path), `${basename(path)}.${process.pid}${ENDING}`);
  try {
    const file = await open(draft, 'w');
    try {
      await file.writeFile(data); // again and again until all is written, or the system refuses
      await file.sync();
    } finally {
      await file.close();
    }
    await replace(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
};

/** Removes what a process that was killed left of files that it was writing. */
export async function removeLeftovers(folder: string): Promise<void> {
  const names = await readdir(folder).catch((): string[] => []);
  const leftovers = names.filter((name) => name.endsWith(ENDING));
  await Promise.all(leftovers.map((name) => rm(join(folder, name), { force: true })));
}

/** Whether the system refused: a full disk, a lost drive, a folder made read-only; and not a mistake in the program. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && /^E[A-Z0-9]+$/.test(String(error.code));
}

/** Why the system refused, in words. */
export function systemReason({ code, message }: NodeJS.ErrnoException): string {
  return code === 'ENOSPC' ? 'the disk is full' : code === 'EDQUOT' ? 'the quota is used up' : message;
}

// Windows refuses while a virus scanner or an indexer reads the old file, which is a matter of milliseconds.
async function replace(draft: string, path: string): Promise<void> {
  for (let wait = 10; ; wait *= 2) {
    try {
      return await rename(draft, path);
    } catch (error) {
      const busy = isSystemError(error) && ['EPERM', 'EBUSY', 'EACCES'].includes(error.code ?? '');
      if (process.platform !== 'win32' || !busy || wait > 1000) throw error;
      await sleep(wait);
    }
  }
}

// A rename survives a power cut only when the folder has been written too. Windows cannot, and need not.
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } catch (error) {
    if (!isSystemError(error) || error.code !== 'EINVAL') throw error; // a file system that does not know how
  } finally {
    await folder.close();
  }
}
