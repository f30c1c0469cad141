import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { partialName } from './partial';
import { isSystemError } from './system-error';

/**
 * Writes a file so that at every moment, even when the machine loses power, it is absent, the old one or the new one.
 *
 * The content goes into another file of the same folder, is forced to the disk, and only then takes the name. The folder
 * is forced to the disk as well, since it holds the name. A disk that fills up takes part of the content without an error;
 * this counts as an error here.
 */
export async function writeAtomically(path: string, content: string | Uint8Array): Promise<void> {
  const folder = dirname(path);
  const partial = join(folder, partialName());
  try {
    const file = await open(partial, 'wx');
    try {
      await file.writeFile(content); // repeats until all is written, or the system refuses
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

/** Virus scanners on Windows hold new files open for a moment; renaming works once they let go. */
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

/** Windows cannot open a folder, and need not. */
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
