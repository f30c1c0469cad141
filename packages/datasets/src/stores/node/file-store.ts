import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder, readRegularFile, removePartials, writeAtomically } from '@tenfold/files/node';
import { formatReason } from '../../fetching/source';
import { type Store, type Stored, StoreError, totalBytes } from '../store';
import { type LockOptions, withLock } from './with-lock';

/** Stores each part as a file in a folder. */
export function fileStore(folder: string, dataset: Stored, lock: Partial<LockOptions> = {}): Store {
  const cannot = (what: 'read' | 'written', error: unknown) =>
    new StoreError(
      `${dataset.name}: the cache folder ${folder} cannot be ${what} (${formatReason(error)}); give another one with the ` +
        'option cacheDirectory or the environment variable TENFOLD_CACHE',
      { cause: error },
    );
  return {
    place: folder,

    async read({ file, bytes }) {
      try {
        return await readRegularFile(join(folder, file), bytes);
      } catch (error) {
        throw cannot('read', error);
      }
    },

    async write({ file }, content) {
      try {
        await writeAtomically(join(folder, file), content);
      } catch (error) {
        throw cannot('written', error);
      }
    },

    async exclusively(work, onWait, signal) {
      try {
        await makeFolder(folder);
        await removePartials(folder);
        await checkSpace(folder, totalBytes(dataset));
      } catch (error) {
        throw cannot('written', error);
      }
      let started = false;
      const begin = () => {
        started = true;
        return work();
      };
      try {
        return await withLock(join(folder, 'lock'), begin, { ...lock, signal, onWait });
      } catch (error) {
        signal.throwIfAborted();
        throw started ? error : cannot('written', error);
      }
    },
  };
}

async function checkSpace(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  // Some network and virtual file systems do not report free space; there only writing shows a lack of it.
  if (bavail > 0 && bavail * bsize < bytes) {
    throw new Error(
      `${Math.floor((bavail * bsize) / 1e6)} MB are free, ${Math.ceil(bytes / 1e6)} MB are needed`,
    );
  }
}
