import type { BatchName, Format } from '../format';
import type { Store } from '../load';
import { exclusivelyIn } from './exclusively';
import { noSpace } from './no-space';

/** What a worker may write with; the types of pages do not know it. */
interface SyncAccessHandle {
  write(data: Uint8Array, options: { at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}
type WorkerFileHandle = FileSystemFileHandle & { createSyncAccessHandle(): Promise<SyncAccessHandle> };

/** Whether this is a worker that may write files into the origin's private file system. */
export function hasPrivateFiles(): boolean {
  const handle = globalThis.FileSystemFileHandle?.prototype as Partial<WorkerFileHandle> | undefined;
  return (
    typeof globalThis.navigator?.storage?.getDirectory === 'function' &&
    typeof handle?.createSyncAccessHandle === 'function' &&
    typeof document === 'undefined'
  );
}

/**
 * Keeps each part as a file of the origin's private file system: `NAME/cifar10/data_batch_1.bin` and so on. A file that a
 * crash left half written has another sha256 and is fetched again.
 *
 * @param name of the folder
 */
export function privateFilesStore(name: string, format: Format): Store {
  const folder = async (create: boolean) => {
    const root = await navigator.storage.getDirectory();
    return (await root.getDirectoryHandle(name, { create })).getDirectoryHandle('cifar10', { create });
  };
  const fileOf = (batch: BatchName) => `${batch}.bin`;
  return {
    place: "the browser's private files",

    async read(batch) {
      try {
        const handle = await (await folder(false)).getFileHandle(fileOf(batch));
        return new Uint8Array(await (await handle.getFile()).arrayBuffer());
      } catch (error) {
        if ((error as Error).name === 'NotFoundError') return null;
        throw error;
      }
    },

    async write(batch, records) {
      try {
        const handle = await (await folder(true)).getFileHandle(fileOf(batch), { create: true });
        const file = await (handle as WorkerFileHandle).createSyncAccessHandle();
        try {
          file.truncate(0);
          const written = file.write(records, { at: 0 });
          if (written !== records.length)
            throw new Error(`${written} of ${records.length} bytes were written`);
          file.flush();
        } finally {
          file.close();
        }
      } catch (error) {
        throw noSpace(error, format);
      }
    },

    exclusively: exclusivelyIn(name),
  };
}
