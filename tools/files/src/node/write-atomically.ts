import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { partialName } from './partial';
import { isSystemError } from './system-error';

/**
 * Writes a file atomically: at every moment, even after a power failure, there is either the old file (or none) or the new one.
 *
 * The content is written to another file in the same folder, synced to the disk, and then renamed. The folder is synced too, because
 * it contains the name. If a disk that fills up accepts only part of the content without an error, this function throws.
 */
export async function writeAtomically(path: string, content: string | Uint8Array): Promise<void> {
  const folder = dirname(path);
  const partial = join(folder, partialName());
  try {
    const file = await open(partial, 'wx');
    try {
      await file.writeFile(content); // repeats until all is written, or the system reports an error
      await file.sync();
    } finally {
      await file.close();
    }
    await renameOver(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

/** Renames a file. Virus scanners on Windows hold new files open for a moment, so it retries. */
async function renameOver(from: string, to: string): Promise<void> {
  for (let wait = 10; ; wait *= 2) {
    try {
      return await rename(from, to);
    } catch (error) {
      const busy = isSystemError(error) && ['EPERM', 'EBUSY', 'EACCES'].includes(error.code ?? '');
      if (process.platform !== 'win32' || !busy || wait > 1000) throw error;
      await sleep(wait);
    }
  }
}

/** Syncs a folder. Windows cannot open folders and does not need it. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } catch (error) {
    if (!isSystemError(error) || error.code !== 'EINVAL') throw error; // the file system does not support it
  } finally {
    await folder.close();
  }
}
