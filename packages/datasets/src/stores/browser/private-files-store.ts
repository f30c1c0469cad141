import type { Store, Stored } from '../store';
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
export function privateFilesStore(name: string, dataset: Stored): Store {
  const folder = async (create: boolean) => {
    const root = await navigator.storage.getDirectory();
    return (await root.getDirectoryHandle(name, { create })).getDirectoryHandle(dataset.name, { create });
  };
  return {
    place: "the browser's private files",

    async read({ file, bytes }) {
      try {
        const handle = await (await folder(false)).getFileHandle(file);
        // One byte more than expected shows that there are too many.
        return new Uint8Array(await (await handle.getFile()).slice(0, bytes + 1).arrayBuffer());
      } catch (error) {
        if ((error as Error).name === 'NotFoundError') return null;
        throw error;
      }
    },

    async write({ file: name }, content) {
      try {
        const handle = await (await folder(true)).getFileHandle(name, { create: true });
        const file = await (handle as WorkerFileHandle).createSyncAccessHandle();
        try {
          file.truncate(0);
          const written = file.write(content, { at: 0 });
          if (written !== content.length) {
            throw new Error(`${written} of ${content.length} bytes were written`);
          }
          file.flush();
        } finally {
          file.close();
        }
      } catch (error) {
        throw noSpace(error, dataset);
      }
    },

    exclusively: exclusivelyIn(name, dataset),
  };
}
