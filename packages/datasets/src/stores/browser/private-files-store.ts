import { fileHandle, writeWhole } from '@tenfold/files/browser';
import type { Store, Stored } from '../store';
import { exclusivelyIn } from './exclusively';
import { noSpace } from './no-space';

/** Whether this is a worker that can write to the origin's private file system. */
export function hasPrivateFiles(): boolean {
  const handle = globalThis.FileSystemFileHandle?.prototype as
    | { createSyncAccessHandle?: unknown }
    | undefined;
  return (
    typeof globalThis.navigator?.storage?.getDirectory === 'function' &&
    typeof handle?.createSyncAccessHandle === 'function' &&
    typeof document === 'undefined'
  );
}

/**
 * Stores each part as a file of the origin's private file system: `NAME/cifar10/data_batch_1.bin` and so on. A file that is
 * incomplete after a crash has another sha256 and is fetched again.
 *
 * @param name of the folder
 */
export function privateFilesStore(name: string, dataset: Stored): Store {
  const partPath = (file: string) => `${name}/${dataset.name}/${file}`;
  return {
    place: "the browser's private files",

    async read({ file, bytes }) {
      try {
        const handle = await fileHandle(partPath(file));
        // Reads one byte more than expected, to detect a file that is too large.
        return new Uint8Array(await (await handle.getFile()).slice(0, bytes + 1).arrayBuffer());
      } catch (error) {
        if ((error as Error).name === 'NotFoundError') return null;
        throw error;
      }
    },

    async write({ file }, content) {
      try {
        await writeWhole(partPath(file), content);
      } catch (error) {
        throw noSpace(error, dataset);
      }
    },

    exclusively: exclusivelyIn(name, dataset),
  };
}
