import { open, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { type BatchName, type Format, recordSize } from '../format';
import { type Store, StoreError } from '../load';
import { reasonOf } from '../source';
import { makeFolder } from './make-folder';
import { sweepPartials } from './partial';
import { type LockOptions, withLock } from './with-lock';
import { writeAtomically } from './write-atomically';

/** Keeps each part as a file of the published binary form: `data_batch_1.bin` … `test_batch.bin`. */
export function fileStore(folder: string, format: Format, lock: Partial<LockOptions> = {}): Store {
  const size = format.imagesPerBatch * recordSize;
  const pathOf = (batch: BatchName) => join(folder, `${batch}.bin`);
  return {
    place: folder,

    async read(batch) {
      try {
        const file = await open(pathOf(batch), 'r');
        try {
          const stats = await file.stat();
          const bytes = new Uint8Array(stats.isFile() ? Math.min(stats.size, size + 1) : 0);
          for (let at = 0; at < bytes.length; ) {
            const { bytesRead } = await file.read(bytes, at, bytes.length - at, at);
            if (bytesRead === 0) break;
            at += bytesRead;
          }
          return bytes;
        } finally {
          await file.close();
        }
      } catch (error) {
        if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
        throw cannot('read', folder, error);
      }
    },

    async write(batch, records) {
      try {
        await writeAtomically(pathOf(batch), records);
      } catch (error) {
        throw cannot('written', folder, error);
      }
    },

    async exclusively(work, onWait, signal) {
      try {
        await makeFolder(folder);
        await sweepPartials(folder);
        await checkSpace(folder, 6 * size);
      } catch (error) {
        throw cannot('written', folder, error);
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
        throw started ? error : cannot('written', folder, error);
      }
    },
  };
}

async function checkSpace(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  // Some network and virtual file systems report nothing at all; writing tells on those.
  if (bavail > 0 && bavail * bsize < bytes) {
    throw new Error(
      `${Math.floor((bavail * bsize) / 1e6)} MB are free, ${Math.ceil(bytes / 1e6)} MB are needed`,
    );
  }
}

function cannot(what: 'read' | 'written', folder: string, error: unknown): StoreError {
  return new StoreError(
    `cifar10: the cache folder ${folder} cannot be ${what} (${reasonOf(error)}); name another one with the ` +
      'option cacheDirectory or the environment variable TENFOLD_CACHE',
    { cause: error },
  );
}
