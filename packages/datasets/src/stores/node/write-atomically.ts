import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { partialName } from './partial';

/**
 * Writes a file so that at every moment, even when the machine loses power, it is absent, the old one or the new one.
 *
 * The content goes into another file of the same folder, is forced to the disk, and takes the name only then; the
 * folder is forced to the disk as well, since the name is written there.
 */
export async function writeAtomically(path: string, content: Uint8Array): Promise<void> {
  const folder = dirname(path);
  const partial = join(folder, partialName());
  try {
    const file = await open(partial, 'wx');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await renameOver(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  if (process.platform === 'win32') return; // folders cannot be opened there
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Virus scanners on Windows hold new files open for a moment; renaming works once they let go. */
async function renameOver(from: string, to: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await rename(from, to);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? '';
      if (process.platform !== 'win32' || attempt === 10 || !['EPERM', 'EACCES', 'EBUSY'].includes(code))
        throw error;
      await sleep(50 * 2 ** Math.min(attempt, 5));
    }
  }
}
